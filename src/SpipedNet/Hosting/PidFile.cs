using System.Diagnostics.CodeAnalysis;
using SpipedNet.Tunnel;

namespace SpipedNet.Hosting;

/// <summary>
/// The file with this process's id. It is opened early, so that an unwritable one shows before anything is bound, and
/// written late, so that a start that fails leaves another process's file as it was. At the end it stays, as spiped's.
/// </summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _processId = $"{Environment.ProcessId}";
    private readonly string? _path;
    private readonly bool _isCreated;
    private bool _isWritten;
    private bool _isKept;

    private PidFile(string? path, bool isCreated)
    {
        _path = path;
        _isCreated = isCreated;
    }

    /// <summary>Makes sure that the file can be written; leaves the contents of one that exists.</summary>
    /// <param name="path">The file; null for none, which every later call accepts.</param>
    /// <param name="pidFile">The file, when the result is true.</param>
    /// <param name="error">One line, when the result is false.</param>
    public static bool TryOpen(string? path, [NotNullWhen(true)] out PidFile? pidFile, [NotNullWhen(false)] out string? error)
    {
        pidFile = null;
        error = null;
        try
        {
            bool isNew = path is not null && !File.Exists(path);
            if (path is not null)
                File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            pidFile = new PidFile(path, isNew);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = Describe(path!, failure);
        }

        return pidFile is not null;
    }

    /// <summary>Writes this process's id, without a newline, as spiped does.</summary>
    /// <returns>Null, or one line that says why it cannot.</returns>
    public string? Write()
    {
        if (_path is null)
            return null;
        try
        {
            File.WriteAllText(_path, _processId);
            _isWritten = true;
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Describe(_path, failure);
        }
    }

    /// <summary>The start has succeeded, or was called off after the id was written: the file stays.</summary>
    public void Keep() => _isKept = _isWritten;

    /// <summary>Removes the file unless it is kept or another process's.</summary>
    public void Dispose()
    {
        if (_path is not null && !_isKept && (_isCreated || HoldsOurId(_path)))
            File.Delete(_path);
    }

    // A device such as /dev/null has no length: it is never removed, and a pipe never waited for.
    private bool HoldsOurId(string path) =>
        File.Exists(path) && new FileInfo(path).Length == _processId.Length && File.ReadAllText(path) == _processId;

    private static string Describe(string path, Exception failure) =>
        $"cannot write pid file {path}: {SystemError.Describe(path, failure)}; choose another with -p";
}
