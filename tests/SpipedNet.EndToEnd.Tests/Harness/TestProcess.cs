using System.Diagnostics;
using System.Text;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>How a process ended, and all that it wrote.</summary>
internal sealed record ProcessOutcome(int Status, string Output, string Error);

/// <summary>A real process. Disposal kills it and whatever it has left running.</summary>
internal sealed class TestProcess : IDisposable
{
    private readonly string _mark = ProcessMark.Next();
    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Task _errorEnd;
    private readonly Task<string>? _output;
    private bool _isDisposed;

    private TestProcess(ProcessStartInfo start, bool hasRawOutput)
    {
        start.Environment[ProcessMark.Variable] = _mark;
        // The programs under test need the runtime that runs these tests, wherever it is installed.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        _process = Process.Start(start)!;
        Id = _process.Id;
        _errorEnd = CollectErrorAsync(_process.StandardError);
        _output = hasRawOutput ? null : _process.StandardOutput.ReadToEndAsync();
    }

    public int Id { get; }

    /// <summary>Its standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its standard output, of a process started with <see cref="StartPipe"/>.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it has written to standard error so far.</summary>
    public string Error
    {
        get
        {
            lock (_error)
                return _error.ToString();
        }
    }

    /// <summary>Whatever it has started and left running, itself included.</summary>
    public IReadOnlyList<int> Running => [.. Bearers.Where(ProcessTable.IsRunning)];

    public static TestProcess Start(string program, IEnumerable<string> arguments, string? directory = null) =>
        new(StartInfo(program, arguments, directory), hasRawOutput: false);

    /// <summary>Starts a process whose standard output is a stream of bytes for the test to read.</summary>
    public static TestProcess StartPipe(string program, IEnumerable<string> arguments) =>
        new(StartInfo(program, arguments, directory: null), hasRawOutput: true);

    /// <summary>Runs a program, with <paramref name="input"/> as its standard input, to its end.</summary>
    public static async Task<ProcessOutcome> RunAsync(
        string program, IEnumerable<string> arguments, string input = "", string? directory = null)
    {
        using TestProcess process = Start(program, arguments, directory);
        await process.Input.WriteAsync(Encoding.UTF8.GetBytes(input));
        process.Input.Close();
        return await process.OutcomeAsync();
    }

    public void Signal(int signal) => ProcessTable.Signal(Id, signal);

    /// <summary>Waits for the end of the process itself, though a daemon may live on; returns its status.</summary>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        try
        {
            await Deadline.ForAsync(_process.WaitForExitAsync(), $"the end of {Description}", within);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; it wrote: {Error}", e);
        }
        return _process.ExitCode;
    }

    /// <summary>Waits for the end of the process and of all that it writes.</summary>
    public async Task<ProcessOutcome> OutcomeAsync()
    {
        int status = await ExitAsync();
        await Deadline.ForAsync(_errorEnd, $"the end of what {Description} writes");
        return new ProcessOutcome(status, _output is null ? "" : await _output, Error);
    }

    /// <summary>Waits until standard error contains a text.</summary>
    public Task ErrorContainsAsync(string text) => Deadline.UntilAsync(
        () => Error.Contains(text, StringComparison.Ordinal), $"{Description} writes \"{text}\"");

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (int id in Bearers)
            ProcessTable.EnsureKilled(id);
        _process.Kill();
        _process.WaitForExit(Deadline.Usual);
        _process.Dispose();
    }

    // A process that has closed its memory shows its environment to root only, but its arguments to anyone.
    private IEnumerable<int> Bearers => Environment.IsPrivilegedProcess
        ? ProcessMark.Bearers(_mark)
        : ProcessMark.Bearers(_mark).Union(ProcessTable.WithArguments(_process.StartInfo.ArgumentList));

    private string Description => $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}";

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments, string? directory) =>
        new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };

    private async Task CollectErrorAsync(StreamReader reader)
    {
        var buffer = new char[1024];
        while (await reader.ReadAsync(buffer) is > 0 and int count)
        {
            lock (_error)
                _error.Append(buffer, 0, count);
        }
    }
}
