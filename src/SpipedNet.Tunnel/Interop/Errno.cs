using System.Runtime.InteropServices;

namespace SpipedNet.Tunnel.Interop;

/// <summary>The errno values that this program tells apart (Linux's numbers); all others pass through as numbers.</summary>
internal enum Errno
{
    None = 0,
    NoSuchFile = 2,                 // ENOENT
    Interrupted = 4,                // EINTR
    WouldBlock = 11,                // EAGAIN, EWOULDBLOCK
    OutOfMemory = 12,               // ENOMEM
    AccessDenied = 13,              // EACCES
    FileExists = 17,                // EEXIST
    NotADirectory = 20,             // ENOTDIR
    InvalidArgument = 22,           // EINVAL
    TooManyFilesInSystem = 23,      // ENFILE
    TooManyFiles = 24,              // EMFILE
    BrokenPipe = 32,                // EPIPE
    WrongSocketType = 91,           // EPROTOTYPE
    AddressInUse = 98,              // EADDRINUSE
    AddressNotAvailable = 99,       // EADDRNOTAVAIL
    ConnectionAborted = 103,        // ECONNABORTED
    ConnectionReset = 104,          // ECONNRESET
    NoBuffers = 105,                // ENOBUFS
    NotConnected = 107,             // ENOTCONN
    TimedOut = 110,                 // ETIMEDOUT
    ConnectionRefused = 111,        // ECONNREFUSED
    InProgress = 115,               // EINPROGRESS
    Cancelled = 125,                // ECANCELED: never from the kernel here, see NonBlockingSocket.Cancel
}

internal static class ErrnoExtensions
{
    /// <summary>The system's words for the error, starting in lower case so that they fit into a sentence.</summary>
    public static string Describe(this Errno error) => SystemError.Continue(Marshal.GetPInvokeErrorMessage((int)error));
}
