using SpipedNet.Tunnel.Keys;

namespace SpipedNet.Tunnel;

/// <summary>
/// What one connection owns: its sockets, cancelled together and closed together, and its place. On the loop's thread only.
/// </summary>
internal sealed class SocketScope
{
    private StreamSocket? _first;
    private StreamSocket? _second;
    private TargetResolver? _target;
    private ClientKey? _key;
    private bool _isAbandoned;

    /// <summary>Its place among those that the limit allows, once it has one.</summary>
    public Place? Place { get; set; }

    /// <summary>Where the connection leads, once that was picked from several. Other threads may look.</summary>
    public TargetResolver? Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    /// <summary>The key that it is made with, once that is known. Other threads may look.</summary>
    public ClientKey? Key => Volatile.Read(ref _key);

    /// <summary>Sets the key, once. One that is revoked meanwhile is seen afterwards, or the connection by who revokes it.</summary>
    public void EnterWith(ClientKey key)
    {
        key.Enter();
        Interlocked.Exchange(ref _key, key);
    }

    /// <summary>The connection was cancelled from outside.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Takes ownership; a socket that comes after the cancellation is cancelled at once.</summary>
    public void Adopt(StreamSocket socket)
    {
        if (_first is null)
            _first = socket;
        else
            _second = socket;
        if (_isAbandoned)
            socket.Cancel();
    }

    /// <summary>Closes one socket that led nowhere.</summary>
    public void Discard(StreamSocket socket)
    {
        if (_second == socket)
            _second = null;
        else
            _first = null;
        socket.Dispose();
    }

    /// <summary>Ends the connection from outside.</summary>
    public void Cancel()
    {
        IsCancelled = true;
        Abandon();
    }

    /// <summary>Makes every call on the sockets fail from now on, so that whoever uses them finishes.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        _first?.Cancel();
        _second?.Cancel();
    }

    /// <summary>Closes what is open: in order, or with a reset, since a cut stream must not look complete.</summary>
    public void Close(bool isInOrder)
    {
        Close(_first, isInOrder);
        Close(_second, isInOrder);
        Place?.Dispose();
        Key?.Leave();
    }

    private static void Close(StreamSocket? socket, bool isInOrder)
    {
        if (isInOrder)
            socket?.EndInOrder();
        socket?.Dispose();
    }
}
