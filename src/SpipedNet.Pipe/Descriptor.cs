using System.Runtime.InteropServices;
using SpipedNet.Tunnel;

namespace SpipedNet.Pipe;

/// <summary>
/// A standard stream as the descriptor that it is. A FileStream would write to a file at an offset of its own, over what
/// others that share the descriptor have written, and the console's stream keeps quiet about a broken pipe.
/// </summary>
internal sealed unsafe partial class Descriptor(int number)
{
    private const int Interrupted = 4, WouldBlock = 11; // EINTR, EAGAIN
    private const short Readable = 1, Writable = 4;     // POLLIN, POLLOUT

    /// <summary>Reads what is there, waiting for the first byte; 0 is the end.</summary>
    /// <exception cref="IOException">With the system's words.</exception>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            while ((count = read(number, start, (nuint)buffer.Length)) < 0)
                WaitOrThrow(Readable);
            return (int)count;
        }
    }

    /// <summary>Writes all of the data.</summary>
    /// <exception cref="IOException">With the system's words.</exception>
    public void Write(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            for (int written = 0; written < data.Length;)
            {
                nint count = write(number, start + written, (nuint)(data.Length - written));
                if (count < 0)
                    WaitOrThrow(Writable);
                else
                    written += (int)count;
            }
        }
    }

    /// <summary>Closes it, so that who reads or writes at its other end sees that.</summary>
    public void Close() => _ = close(number);

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

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int timeout);

    private struct PollDescriptor
    {
        public int Number;
        public short Events;
        public short Returned;
    }
}
