namespace SpipedNet.Tunnel;

/// <summary>
/// What one side had said before it was lost, on its way to the other, whose connection is reset only then. A reset
/// destroys what the kernel has not sent yet, and a peer that is still sending may fail before it reads. So, as in
/// nginx's lingering close, all is sent and acknowledged first, and input is taken and dropped meanwhile.
/// </summary>
internal sealed class LastWords(Pump pump)
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxStall = TimeSpan.FromSeconds(5);

    // What is acknowledged lies in the peer's kernel; its process has yet to wake up and read it.
    private static readonly TimeSpan TimeToRead = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);

    // A pause's worth of what a fast peer may still send: 64 KiB each, 50 MB/s.
    private const int DropsPerPause = 16;

    private readonly StreamSocket _hearer = pump.Destination;
    private readonly long _begin = Environment.TickCount64;
    private (long Sent, int Unacknowledged) _progress;
    private long _lastProgress = Environment.TickCount64;
    private long? _delivered;

    /// <summary>Completes when all was delivered, or cannot be; the pump ends then at the latest.</summary>
    public async Task DeliverAsync()
    {
        TimeSpan pause = ShortestPause;
        do
        {
            await _hearer.Loop.Delay(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        while (DropInput() && !IsOver());
        pump.Stop();
    }

    private bool IsOver()
    {
        long now = Environment.TickCount64;
        var progress = (pump.SentBytes, _hearer.UnacknowledgedBytes());
        if (progress != _progress)
            (_progress, _lastProgress) = (progress, now);
        if (pump.HasEnded && _progress.Unacknowledged == 0)
            _delivered ??= now;
        return IsPast(_delivered, _progress.Sent == 0 ? TimeSpan.Zero : TimeToRead, now)
            || IsPast(_lastProgress, MaxStall, now) || IsPast(_begin, MaxTime, now);
    }

    private static bool IsPast(long? since, TimeSpan time, long now) => since + time.TotalMilliseconds <= now;

    // The pump that read from here has ended.
    private bool DropInput()
    {
        for (int i = 0; i < DropsPerPause; i++)
        {
            IoResult received = _hearer.TryReceive(_hearer.Loop.Buffers.Payload);
            if (received.WouldBlock || (received.Error == default && received.Count == 0))
                return true;
            if (received.Error != default)
                return false;
        }

        return true;
    }
}
