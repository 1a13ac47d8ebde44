using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Pipe;

/// <summary>
/// A standard stream as the descriptor that it is. A FileStream would write to a file at an offset of its own, over what
/// others that share the descriptor have written, and the console's stream keeps quiet about a broken pipe.
/// </summary>
internal sealed unsafe partial class Descriptor(int number)
{
    private const int Interrupted = 4, BadDescriptor = 9, WouldBlock = 11, BrokenPipe = 32; // EINTR, EBADF, EAGAIN, EPIPE
    private const int GetFlags = 3, AccessMode = 3, WriteOnly = 1; // F_GETFL, O_ACCMODE, O_WRONLY
    private const int ShutdownWrite = 1; // SHUT_WR
    private const string Descriptors = "/proc/self/fd";
    private const short Readable = 1, Writable = 4;     // POLLIN, POLLOUT

    private readonly bool _isOpen = StandardDescriptor.IsOpen(number);

    /// <summary>Reads what is there, waiting for the first byte; 0 is the end, and all that a closed descriptor has.</summary>
    /// <exception cref="IOException">With the system's words.</exception>
    public int Read(Span<byte> buffer)
    {
        if (!_isOpen)
            return 0;
        fixed (byte* start = buffer)
        {
            nint count;
            while ((count = read(number, start, (nuint)buffer.Length)) < 0)
                WaitOrThrow(Readable);
            return (int)count;
        }
    }

    /// <summary>Writes all of the data.</summary>
    /// <returns>False when nobody reads it any more: a broken pipe.</returns>
    /// <exception cref="IOException">With the system's words.</exception>
    public bool TryWrite(ReadOnlySpan<byte> data)
    {
        if (!_isOpen)
            throw new IOException(SystemError.Describe(BadDescriptor));
        fixed (byte* start = data)
        {
            for (int written = 0; written < data.Length;)
            {
                nint count = write(number, start + written, (nuint)(data.Length - written));
                if (count >= 0)
                    written += (int)count;
                else if (Marshal.GetLastPInvokeError() == BrokenPipe)
                    return false;
                else
                    WaitOrThrow(Writable);
            }
        }

        return true;
    }

    /// <summary>Ends the output, so that who reads at its other end sees that while this process lives on.</summary>
    public void End()
    {
        if (!_isOpen)
            return;
        // A socket is shut down as in spiped's pushbits.c; anything else refuses that.
        _ = shutdown(number, ShutdownWrite);
        string? output = FileOf(number);
        if (output is null || output == FileOf(StandardDescriptor.Error))
            return;
        // The runtime keeps duplicates of the standard streams (5 to 7): a pipe ends only when they go too.
        using SafeFileHandle nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        foreach (string path in Directory.GetFiles(Descriptors))
        {
            int descriptor = int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture);
            if (FileOf(descriptor) == output)
                _ = dup2((int)nowhere.DangerousGetHandle(), descriptor);
        }
    }

    // What a descriptor that can only be written leads to; null for any other, such as a terminal, which is input as well.
    private static string? FileOf(int descriptor) => (fcntl(descriptor, GetFlags) & AccessMode) == WriteOnly
        ? new FileInfo($"{Descriptors}/{descriptor}").LinkTarget
        : null;

    // Whoever shares the descriptor may have made it non-blocking.
    private void WaitOrThrow(short events)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == WouldBlock)
        {
            var wanted = new PollDescriptor { Number = number, Events = events };
            _ = poll(&wanted, 1, -1);
        }
        else if (error != Interrupted)
        {
            throw new IOException(SystemError.Describe(error));
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc")]
    private static partial int shutdown(int fd, int how);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command);

    [LibraryImport("libc")]
    private static partial int dup2(int fd, int target);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int timeout);

    private struct PollDescriptor
    {
        public int Number;
        public short Events;
        public short Returned;
    }
}
