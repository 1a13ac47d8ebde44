using SpipedNet.Tunnel.Keys;

namespace SpipedNet.Tunnel;

/// <summary>
/// One connection from accept to close: established as its end's role has it, then two pumps until both have ended.
/// Lives on the loop of the accepted socket.
/// </summary>
internal sealed class Connection(StreamSocket accepted, TunnelEnd end, Place? place = null, TunnelCounters? counters = null)
{
    private readonly SocketScope _scope = new() { Place = place };
    private Flow? _flow;
    private bool _isRevoked;

    /// <summary>Runs the whole life of the connection. Both sockets are closed afterwards, and reset unless it ended well.</summary>
    public async Task<ConnectionOutcome> RunAsync()
    {
        ConnectionOutcome? outcome = null;
        _scope.Adopt(accepted);
        try
        {
            accepted.Configure(end.Options.IsKeepAlive);
            Establishment established = await end.EstablishAsync(accepted, _scope);
            outcome = established.Error is null
                ? await PumpAsync(established)
                : new ConnectionOutcome(established.FailedStep, established.Error) { Error = established.Kind };
            if (_scope.IsCancelled)
                outcome = outcome with { End = _isRevoked ? ConnectionEnd.Revoked : ConnectionEnd.Cancelled, Reason = "ended by this process" };
            return outcome;
        }
        finally
        {
            _scope.Close(isInOrder: outcome?.End == ConnectionEnd.Closed);
            // Its last payload, which would lie there until another connection's covers it.
            accepted.Loop.Buffers.Payload.Clear();
        }
    }

    /// <summary>Where it leads, once that was picked from several; null before, and where there is nothing to pick.</summary>
    public TargetResolver? Target => _scope.Target;

    /// <summary>The key that it is made with; null before it is known.</summary>
    public ClientKey? Key => _scope.Key;

    /// <summary>The payload that it has carried so far. Other threads may look.</summary>
    public Payload Carried => Volatile.Read(ref _flow)?.Carried ?? default;

    /// <summary>When it was established; null before. Other threads may look.</summary>
    public DateTimeOffset? EstablishedAt => Volatile.Read(ref _flow)?.Since;

    /// <summary>Ends the connection soon, with a reset on both sides. On the loop's thread only.</summary>
    public void Cancel() => _scope.Cancel();

    /// <summary>The same, because its key was revoked.</summary>
    public void Revoke()
    {
        _isRevoked = true;
        Cancel();
    }

    /// <summary>The same, if it leads to this target.</summary>
    public void CancelIfTo(TargetResolver target)
    {
        if (Target == target)
            Cancel();
    }

    private async ValueTask<ConnectionOutcome> PumpAsync(Establishment established)
    {
        using SpipedNet.Protocol.SessionKeys keys = established.Keys!;
        var encrypting = new EncryptingPump(established.Plain!, established.Wire!, keys.Sealer);
        var decrypting = new DecryptingPump(established.Wire!, established.Plain!, keys.Opener);
        Volatile.Write(ref _flow, new Flow(encrypting, decrypting, DateTimeOffset.UtcNow));
        counters?.Establish();
        var pumps = new PumpPair(encrypting, decrypting, end);
        (PumpOutcome encrypted, PumpOutcome decrypted) = await pumps.RunAsync();
        return end.Interpret(ConnectionOutcome.Join(encrypted, decrypted) with
        {
            BytesEncrypted = encrypting.PayloadBytes,
            BytesDecrypted = decrypting.PayloadBytes,
        });
    }

    /// <summary>The two directions of an established connection.</summary>
    private sealed record Flow(EncryptingPump Encrypting, DecryptingPump Decrypting, DateTimeOffset Since)
    {
        public Payload Carried => new(Encrypting.PayloadBytes, Decrypting.PayloadBytes);
    }
}
