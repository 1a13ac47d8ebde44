using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>A key file that was read: its secret, and what should be better about it.</summary>
/// <param name="Secret">The secret; the caller disposes it.</param>
/// <param name="Warnings">A line each; the key works nevertheless, since spiped takes any file.</param>
public sealed record KeyFile(SharedSecret Secret, IReadOnlyList<string> Warnings)
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const UnixFileMode OthersReadOrWrite =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads a key file of any length. Of its contents only the secret stays in memory.</summary>
    /// <param name="path">The file, or <see cref="StandardInput"/>.</param>
    /// <param name="keyFile">The secret and the warnings, when the result is true.</param>
    /// <param name="error">One line that says why it cannot be read, when the result is false.</param>
    public static bool TryRead(
        string path, [NotNullWhen(true)] out KeyFile? keyFile, [NotNullWhen(false)] out string? error)
    {
        keyFile = null;
        error = path.Length == 0 ? "the key file's name (-k) is empty; write -k FILE" : null;
        if (error is not null)
            return false;
        string name = path == StandardInput ? "the key on standard input" : $"key file {path}";
        try
        {
            using SafeFileHandle file = Open(path);
            SharedSecret secret = ReadSecret(file, out long size);
            keyFile = new KeyFile(secret, [.. SizeWarnings(name, path, size), .. ModeWarnings(name, path, file, size)]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"cannot read {name}: {SystemError.Describe(path, failure)}{KeyFileAdvice.After(path, failure)}";
        }

        return keyFile is not null;
    }

    private static SafeFileHandle Open(string path) => path == StandardInput
        ? new SafeFileHandle(0, ownsHandle: false)
        : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static SharedSecret ReadSecret(SafeFileHandle file, out long size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> buffer = stackalloc byte[4096];
        Span<byte> digest = stackalloc byte[SharedSecret.Size];
        size = 0;
        try
        {
            int count;
            while ((count = Read(file, buffer)) > 0)
            {
                hash.AppendData(buffer[..count]);
                size += count;
            }

            hash.GetHashAndReset(digest);
            return SharedSecret.FromDigest(digest);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
            CryptographicOperations.ZeroMemory(digest);
        }
    }

    // read(2) moves the offset that a shared standard input has; FileStream reads a file by pread(2), after which spipe-net
    // would find the key still there and send it through the tunnel, in the clear at its far end.
    private static unsafe int Read(SafeFileHandle handle, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            while ((count = Libc.read((int)handle.DangerousGetHandle(), start, (nuint)buffer.Length)) < 0)
            {
                Errno error = Libc.LastError;
                if (error != Errno.Interrupted)
                    throw new IOException(error.Describe(), (int)error);
            }

            return (int)count;
        }
    }

    private static IEnumerable<string> SizeWarnings(string name, string path, long size)
    {
        if (size == 0)
            yield return $"{name} IS EMPTY, SO ANYONE CAN CONNECT AND READ EVERYTHING; {KeyFileAdvice.HowToReplace(path)}";
        else if (size < KeyFileAdvice.Size)
            yield return $"{name} has only {size} bytes AND MAY BE GUESSED; {KeyFileAdvice.HowToReplace(path)}";
    }

    // An empty file holds nothing to protect.
    private static IEnumerable<string> ModeWarnings(string name, string path, SafeFileHandle file, long size)
    {
        if (path == StandardInput || size == 0)
            yield break;
        if ((File.GetUnixFileMode(file) & OthersReadOrWrite) != 0)
            yield return $"{name} is open to other users of this machine; close it: chmod 600 {ShellWord.Quote(path)}";
    }
}
