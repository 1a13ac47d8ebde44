namespace SpipedNet.Tunnel;

/// <summary>Ends both pumps of a connection when neither has received or sent a byte for a time. On the loop's thread only.</summary>
internal sealed class IdleWatch : IDisposable
{
    // A look costs nothing beside a connection; the time is exact to a quarter.
    private const int LooksPerTimeout = 4;

    private readonly Pump _encrypting;
    private readonly Pump _decrypting;
    private readonly TimeSpan _pause;
    private Deadline _deadline;
    private long _moved;
    private int _quietLooks;

    public IdleWatch(Pump encrypting, Pump decrypting, TimeSpan timeout)
    {
        (_encrypting, _decrypting, _pause) = (encrypting, decrypting, timeout / LooksPerTimeout);
        _moved = Moved;
        _deadline = Wait();
    }

    public void Dispose() => _deadline.Cancel();

    private long Moved => _encrypting.PayloadBytes + _encrypting.SentBytes + _decrypting.PayloadBytes + _decrypting.SentBytes;

    private Deadline Wait() => _encrypting.Source.Loop.After(_pause, Look);

    private void Look()
    {
        _quietLooks = _moved == Moved ? _quietLooks + 1 : 0;
        _moved = Moved;
        if (_quietLooks < LooksPerTimeout)
        {
            _deadline = Wait();
            return;
        }

        _encrypting.Stop(PumpEnd.Idle);
        _decrypting.Stop(PumpEnd.Idle);
    }
}
