namespace SpipedNet.Tunnel;

/// <summary>The sockets that one connection owns at a time: cancelled together, closed together. On the loop's thread only.</summary>
internal sealed class SocketScope
{
    private StreamSocket? _first;
    private StreamSocket? _second;

    /// <summary>The connection was cancelled from outside.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Takes ownership; a socket that comes after the cancellation is cancelled at once.</summary>
    public void Adopt(StreamSocket socket)
    {
        if (_first is null)
            _first = socket;
        else
            _second = socket;
        if (IsCancelled)
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

    /// <summary>Makes every call on the sockets fail from now on, so that whoever uses them finishes.</summary>
    public void Cancel()
    {
        IsCancelled = true;
        _first?.Cancel();
        _second?.Cancel();
    }

    /// <summary>Closes what is open. A connection that did not end well is reset: a cut stream must not look complete.</summary>
    public void Close(bool isReset)
    {
        Close(_first, isReset);
        Close(_second, isReset);
    }

    private static void Close(StreamSocket? socket, bool isReset)
    {
        if (isReset)
            socket?.ResetOnClose();
        socket?.Dispose();
    }
}
