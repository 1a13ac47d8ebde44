using System.Net;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>A bound, listening descriptor, and the file of a UNIX socket that has to go when the tunnel does.</summary>
internal sealed class BoundSource : IDisposable
{
    private readonly FileIdentity? _identity;
    private readonly int _listening;
    private BoundSource? _predecessor;
    private string? _socketFile;
    private int _descriptor;

    private BoundSource(int descriptor, EndPoint? endPoint, string? socketFile, FileIdentity? identity)
    {
        _descriptor = _listening = descriptor;
        EndPoint = endPoint;
        _socketFile = socketFile;
        _identity = identity;
    }

    /// <summary>Where it listens; null for a socket that was passed.</summary>
    public EndPoint? EndPoint { get; }

    /// <summary>Whether it is a TCP socket, whose clients have addresses.</summary>
    public bool HasAddress => NativeAddress.LocalOf(_descriptor) is not null;

    /// <summary>Whether clients find it: not when somebody has removed the file of a UNIX socket, or put another in its place.</summary>
    public bool IsFound => _socketFile is not { } file || _identity?.IsAt(file) != false;

    /// <summary>Whether a socket that has lost its file may have another: nothing is in its place, and files may be made there.</summary>
    public bool IsFree => _socketFile is { } file && FileIdentity.Of(file) is null && FileIdentity.MayMakeIn(Path.GetDirectoryName(file)!);

    /// <summary>Binds and listens, or explains in one line why not.</summary>
    /// <param name="address">Where, as the user wrote it.</param>
    /// <param name="endPoint">What that means.</param>
    /// <param name="error">The line.</param>
    /// <param name="mode">The mode of a UNIX socket's file; null for what the umask leaves.</param>
    /// <param name="own">Where this process listens already that may be in the way; null for nowhere.</param>
    public static BoundSource? TryBind(
        TunnelAddress address, EndPoint endPoint, out string? error, uint? mode = null, TunnelAddress? own = null)
    {
        (int descriptor, Errno errno) = ListenSocket.Open(endPoint, mode);
        error = errno switch
        {
            Errno.None => null,
            Errno.AddressInUse when own is not null => BindFailure.ExplainOwn(address, own),
            _ => BindFailure.Explain("listen on", address, endPoint, errno),
        };
        return errno == Errno.None ? new BoundSource(descriptor, endPoint, address.UnixPath, IdentityOf(address.UnixPath)) : null;
    }

    /// <summary>
    /// Takes over a socket that listens already, or explains in one line why not. Whoever has opened it keeps it open, and
    /// a file of its own with it.
    /// </summary>
    public static BoundSource? TryAdopt(int descriptor, out string? error)
    {
        error = ListenSocket.TryAdopt(descriptor)
            ? null
            : $"cannot accept connections on descriptor {descriptor}: it is no listening stream socket; "
                + "the socket unit needs ListenStream= and Accept=no";
        return error is null ? new BoundSource(descriptor, endPoint: null, socketFile: null, identity: null) : null;
    }

    /// <summary>
    /// The same listening socket for a tunnel that shall take the place of this one's, which listens until then: who connects
    /// meanwhile waits in the one backlog that both have. The file goes over with <see cref="Succeed"/>; without its file
    /// nobody would find a UNIX socket, and there is nothing to share.
    /// </summary>
    public BoundSource? TryShare()
    {
        if (!IsFound)
            return null;
        int descriptor = Libc.Duplicate(_listening);
        if (descriptor >= 0 && DescriptorLimit.IsTooHighToOpen(descriptor))
        {
            Libc.close(descriptor);
            return null;
        }

        return descriptor < 0 ? null : new BoundSource(descriptor, EndPoint, socketFile: null, _identity) { _predecessor = this };
    }

    /// <summary>Takes the place of the one that this is shared with, which must not be disposed before.</summary>
    public void Succeed()
    {
        if (_predecessor is not null)
            _socketFile = Interlocked.Exchange(ref _predecessor._socketFile, null);
        _predecessor = null;
    }

    /// <summary>Hands the descriptor over; the caller closes it.</summary>
    public int TakeDescriptor() => Interlocked.Exchange(ref _descriptor, -1);

    /// <summary>Closes the descriptor unless it was taken, and removes the socket's file.</summary>
    public void Dispose()
    {
        int descriptor = TakeDescriptor();
        if (descriptor >= 0)
            Libc.close(descriptor);
        RemoveSocketFile();
    }

    /// <summary>
    /// Removes the socket's file, once: as soon as nothing is accepted any more, so that another process may take the
    /// path over while connections drain; one that did so already keeps its file. A user that may not (after -u) leaves it.
    /// </summary>
    public void RemoveSocketFile()
    {
        string? file = Interlocked.Exchange(ref _socketFile, null);
        if (file is null || _identity is null || FileIdentity.Of(file) != _identity)
            return;
        try
        {
            File.Delete(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Nothing can be done about it, and the next start says which file is in the way.
        }
    }

    private static FileIdentity? IdentityOf(string? file) => file is null ? null : FileIdentity.Of(file);
}
