using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace SpipedNet.Tunnel.Redis;

/// <summary>
/// What a Redis server asks for: the password, and the name of an ACL user if it is not the default one. Kept as the
/// command that says it, in memory that is zeroed.
/// </summary>
internal sealed class RedisCredential : IDisposable
{
    private const int LongestPassword = 4096;

    private readonly byte[] _command;

    private RedisCredential(byte[] command) => _command = command;

    /// <summary>The AUTH command.</summary>
    public ReadOnlyMemory<byte> Command => _command;

    /// <summary>Reads the password, the file's first line.</summary>
    /// <param name="user">The ACL user, or null for the default one.</param>
    /// <param name="path">The file.</param>
    /// <param name="credential">The credential, the caller's to dispose.</param>
    /// <param name="error">One line that says why there is none.</param>
    public static bool TryRead(
        string? user, string path, [NotNullWhen(true)] out RedisCredential? credential, [NotNullWhen(false)] out string? error)
    {
        credential = null;
        byte[] content = GC.AllocateUninitializedArray<byte>(LongestPassword + 1, pinned: true);
        try
        {
            // Unbuffered: a buffer would be a copy that nobody zeroes.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            int count = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            ReadOnlySpan<byte> line = content.AsSpan(0, count);
            if (line.IndexOf((byte)'\n') is >= 0 and int end)
                line = line[..end];
            line = line.TrimEnd((byte)'\r');
            error = line.Length is > 0 and <= LongestPassword
                ? null
                : $"password file {path}: its first line is the password, of 1 to {LongestPassword} bytes";
            credential = error is null ? new RedisCredential(Write(user, line)) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error = $"cannot read the password file {path}: {SystemError.Describe(path, failure)}";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }

        return credential is not null;
    }

    /// <summary>Whether both say the same, or there is neither; in constant time.</summary>
    public static bool AreSame(RedisCredential? one, RedisCredential? other) =>
        CryptographicOperations.FixedTimeEquals(one?._command, other?._command);

    public void Dispose() => CryptographicOperations.ZeroMemory(_command);

    private static byte[] Write(string? user, ReadOnlySpan<byte> password)
    {
        byte[] start = [.. RedisConversation.Command(user is null ? ["AUTH"] : ["AUTH", user]), .. Encoding.ASCII.GetBytes($"${password.Length}\r\n")];
        // One argument more than what was written without it.
        start[1]++;
        byte[] command = GC.AllocateUninitializedArray<byte>(start.Length + password.Length + 2, pinned: true);
        start.CopyTo(command, 0);
        password.CopyTo(command.AsSpan(start.Length));
        "\r\n"u8.CopyTo(command.AsSpan(start.Length + password.Length));
        return command;
    }
}
