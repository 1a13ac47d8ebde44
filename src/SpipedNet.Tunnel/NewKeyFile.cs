using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>Makes a key file that did not exist: a key that something uses already is never lost.</summary>
internal static class NewKeyFile
{
    private const uint OwnerOnly = 0x180; // 0600

    /// <summary>
    /// Makes a file of 32 bytes from the system's generator that its owner alone can read, and has both the file and its
    /// name on the disk before it returns. When that fails, there is no file.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprint">The key's fingerprint, when the result is true.</param>
    /// <param name="error">One line that says why it cannot be made, when the result is false.</param>
    public static bool TryMake(
        string path, [NotNullWhen(true)] out string? fingerprint, [NotNullWhen(false)] out string? error)
    {
        fingerprint = null;
        string name = Path.GetFileName(path);
        if (path == KeyFile.StandardInput)
            error = $"cannot make key file {path}: that stands for standard input; name a file";
        else if (name is "" or "." or "..")
            error = $"cannot make key file {path}: it is a directory; name a file in it";
        else
            error = Make(path, name, out fingerprint);
        return error is null;
    }

    private static string? Make(string path, string name, out string? fingerprint)
    {
        fingerprint = null;
        string parent = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        using SafeFileHandle directory = OpenDirectory(parent, out Errno error);
        if (error != Errno.None)
            return Explain(path, error, KeyFileAdvice.AfterDirectory(parent, error));
        using SafeFileHandle file = Create(directory, name, out error);
        if (error != Errno.None)
            return Explain(path, error, KeyFileAdvice.AfterMaking(path, parent, error));

        error = Fill(file, out fingerprint);
        if (error == Errno.None)
            error = Sync(file, directory);
        if (error == Errno.None)
            return null;
        Libc.unlinkat(Number(directory), name, 0);
        return Explain(path, error, "");
    }

    private static SafeFileHandle OpenDirectory(string path, out Errno error) =>
        Own(Libc.openat(Libc.AT_FDCWD, path, Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0), out error);

    private static SafeFileHandle Create(SafeFileHandle directory, string name, out Errno error)
    {
        int flags = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
        return Own(Libc.openat(Number(directory), name, flags, OwnerOnly), out error);
    }

    private static Errno Fill(SafeFileHandle file, out string? fingerprint)
    {
        fingerprint = null;
        Span<byte> key = stackalloc byte[KeyFileAdvice.Size];
        try
        {
            // A mask could have taken the owner's own permissions, too.
            if (Libc.fchmod(Number(file), OwnerOnly) != 0)
                return Libc.LastError;
            Errno error = Draw(key);
            if (error == Errno.None)
                error = Write(file, key);
            if (error != Errno.None)
                return error;
            using SharedSecret secret = SharedSecret.FromKeyMaterial(key);
            fingerprint = secret.Fingerprint;
            return Errno.None;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    // The runtime's generator is libcrypto's, which only starts from the system's. So few bytes come whole (getrandom(2)).
    private static unsafe Errno Draw(Span<byte> key)
    {
        fixed (byte* start = key)
        {
            while (Libc.getrandom(start, (nuint)key.Length, 0) < 0)
            {
                if (Libc.LastError != Errno.Interrupted)
                    return Libc.LastError;
            }
        }

        return Errno.None;
    }

    private static unsafe Errno Write(SafeFileHandle file, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            nint count;
            fixed (byte* start = data)
                count = Libc.write(Number(file), start, (nuint)data.Length);
            if (count < 0 && Libc.LastError != Errno.Interrupted)
                return Libc.LastError;
            data = data[(int)Math.Max(0, count)..];
        }

        return Errno.None;
    }

    private static Errno Sync(SafeFileHandle file, SafeFileHandle directory)
    {
        if (Libc.fsync(Number(file)) != 0)
            return Libc.LastError;
        // Some file systems have nothing to sync in a directory, and say so (fsync(2)).
        return Libc.fsync(Number(directory)) == 0 || Libc.LastError == Errno.InvalidArgument ? Errno.None : Libc.LastError;
    }

    private static SafeFileHandle Own(int descriptor, out Errno error)
    {
        error = descriptor < 0 ? Libc.LastError : Errno.None;
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static string Explain(string path, Errno error, string advice) =>
        $"cannot make key file {path}: {error.Describe()}{advice}";
}
