namespace SpipedNet.Tunnel;

/// <summary>
/// One connection from accept to close: established as its end's role has it, then two pumps until both have ended.
/// Lives on the loop of the accepted socket.
/// </summary>
internal sealed class Connection(StreamSocket accepted, TunnelEnd end)
{
    private readonly SocketScope _scope = new();

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
                : new ConnectionOutcome(established.FailedStep, established.Error);
            if (_scope.IsCancelled)
                outcome = outcome with { End = ConnectionEnd.Cancelled, Reason = "ended by this process" };
            return outcome;
        }
        finally
        {
            _scope.Close(isReset: outcome?.End != ConnectionEnd.Closed);
        }
    }

    /// <summary>Ends the connection soon, with a reset on both sides. On the loop's thread only.</summary>
    public void Cancel() => _scope.Cancel();

    private async ValueTask<ConnectionOutcome> PumpAsync(Establishment established)
    {
        using SpipedNet.Protocol.SessionKeys keys = established.Keys!;
        var encrypting = new EncryptingPump(established.Plain!, established.Wire!, keys.Sealer);
        var decrypting = new DecryptingPump(established.Wire!, established.Plain!, keys.Opener);
        // Both run on this loop; whichever fails cancels the sockets of both.
        ValueTask<PumpOutcome> encryptingRun = encrypting.RunAsync();
        ValueTask<PumpOutcome> decryptingRun = decrypting.RunAsync();
        PumpOutcome decrypted = await decryptingRun;
        // Nothing is received from the wire any more: a reset there would show only when the plain side speaks again.
        established.Wire!.WhenBroken(encrypting.OnDestinationBroken);
        if (end.Options.IsPeerProbedAfterEnd)
            established.Wire.ProbePeer();
        PumpOutcome encrypted = await encryptingRun;
        return end.Interpret(ConnectionOutcome.Join(encrypted, decrypted) with
        {
            BytesEncrypted = encrypting.PayloadBytes,
            BytesDecrypted = decrypting.PayloadBytes,
        });
    }
}
