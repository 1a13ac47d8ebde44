using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>
/// The two directions of an established connection. One that ends in good order leaves the other alone. One that fails
/// names a side that is lost; what that side had said before still reaches the other, which is reset only then.
/// </summary>
internal sealed class PumpPair(EncryptingPump encrypting, DecryptingPump decrypting, TunnelEnd end)
{
    private StreamSocket? _lost;
    private Task? _lastWords;

    /// <summary>Completes when both directions have ended, and what had come before a failure was delivered.</summary>
    public async ValueTask<(PumpOutcome Encrypted, PumpOutcome Decrypted)> RunAsync()
    {
        ValueTask<PumpOutcome> encryptingRun = RunAsync(encrypting, decrypting);
        ValueTask<PumpOutcome> decryptingRun = RunAsync(decrypting, encrypting);
        IdleWatch? idleWatch = end.Options.IdleTimeout is { } timeout ? new IdleWatch(encrypting, decrypting, timeout) : null;
        PumpOutcome encrypted = await encryptingRun, decrypted = await decryptingRun;
        idleWatch?.Dispose();
        _lost?.Dispose();
        await (_lastWords ?? Task.CompletedTask);
        return (encrypted, decrypted);
    }

    private async ValueTask<PumpOutcome> RunAsync(Pump pump, Pump opposite)
    {
        pump.OnLost = () => Lose(pump, opposite);
        PumpOutcome outcome = await pump.RunAsync();
        switch (outcome.End)
        {
            case PumpEnd.EndOfStream:
                WatchEndedSource(pump.Source, opposite);
                if (pump == decrypting)
                    end.OnWireEnded();
                break;
            case PumpEnd.DestinationFailed:
                // Its peer may have said something before it went: the opposite direction goes on until that is passed on.
                Deliver(opposite);
                break;
            case PumpEnd.SourceFailed or PumpEnd.BadPacket or PumpEnd.Truncated:
                Lose(pump, opposite);
                break;
        }

        return outcome;
    }

    private void Lose(Pump pump, Pump opposite)
    {
        opposite.Stop();
        Deliver(pump);
    }

    private void Deliver(Pump fromLostSide)
    {
        _lost ??= fromLostSide.Source;
        _lastWords ??= new LastWords(fromLostSide).DeliverAsync();
    }

    // Nothing is received from there any more: that it breaks would show only when there is something to send to it.
    private void WatchEndedSource(StreamSocket source, Pump opposite)
    {
        bool isWire = source == decrypting.Source;
        if (isWire && end.Options.IsPeerProbedAfterEnd)
            source.ProbePeer();
        source.WhenBroken(() =>
        {
            // A UNIX socket's peer goes without an error. One on the plain side may have meant no more than a half-close.
            Errno error = source.TakeError();
            if (isWire || error != Errno.None)
                opposite.Stop(PumpEnd.DestinationFailed, error == Errno.None ? Errno.BrokenPipe : error);
        });
    }
}
