using System.Buffers;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>How one direction ended, naming the culprit.</summary>
internal enum PumpEnd
{
    /// <summary>The source ended its stream, all of it was passed on, and so was the end.</summary>
    EndOfStream,

    /// <summary>Receiving failed: the source's peer has reset the connection, or has vanished.</summary>
    SourceFailed,

    /// <summary>Sending failed: the destination's peer has reset the connection, or has vanished.</summary>
    DestinationFailed,

    /// <summary>A packet's MAC or length is wrong; nothing of it was passed on.</summary>
    BadPacket,

    /// <summary>The stream ended within a packet: it was cut.</summary>
    Truncated,
}

internal readonly record struct PumpOutcome(PumpEnd End, Errno Error);

/// <summary>
/// Moves one direction of a connection: receives a batch, transforms it, sends it, in the loop's shared buffers. Only
/// what the destination does not take at once is kept, and nothing more is received until that is gone: that is the
/// backpressure and the bound on memory.
/// </summary>
internal abstract class Pump(StreamSocket source, StreamSocket destination)
{
    // What the destination did not take yet; rented, at most one batch.
    private byte[]? _unsent;
    private int _unsentStart;
    private int _unsentEnd;
    private bool _isDestinationBroken;

    /// <summary>Payload bytes passed on so far.</summary>
    public long PayloadBytes { get; protected set; }

    protected BatchBuffers Buffers { get; } = source.Loop.Buffers;

    /// <summary>Runs until the source's stream has ended and that was passed on, or until something fails; then both sockets are cancelled.</summary>
    public async ValueTask<PumpOutcome> RunAsync()
    {
        PumpOutcome? outcome;
        while ((outcome = Step()) is null)
        {
            if (_unsent is null)
                await source.Readable;
            else
                await destination.Writable;
        }

        ReturnUnsent();
        if (outcome.Value.End != PumpEnd.EndOfStream)
        {
            source.Cancel();
            destination.Cancel();
        }

        return outcome.Value;
    }

    /// <summary>Ends the pump although its source is silent: nobody would take what may still come from there.</summary>
    public void OnDestinationBroken()
    {
        _isDestinationBroken = true;
        source.WakeReader();
    }

    /// <summary>Receives into the loop's buffers and transforms what came; the output is valid until the next await.</summary>
    /// <returns>What receive returned: its count is 0 only at the end of the stream or with an error.</returns>
    protected abstract IoResult ReceiveAndTransform(StreamSocket source, out ReadOnlySpan<byte> output, out PumpEnd? failure);

    /// <summary>Whether the stream may end here.</summary>
    protected abstract bool IsAtBoundary { get; }

    private PumpOutcome? Step()
    {
        if (_isDestinationBroken)
            return DestinationBroken();
        if (_unsent is not null)
            return SendUnsent();
        IoResult received = ReceiveAndTransform(source, out ReadOnlySpan<byte> output, out PumpEnd? failure);
        if (received.WouldBlock)
            return null;
        if (received.Error != Errno.None)
            return new PumpOutcome(PumpEnd.SourceFailed, received.Error);
        if (received.Count == 0)
            return PassOnEnd();
        PumpOutcome? sendOutcome = Send(output);
        return failure is null ? sendOutcome : new PumpOutcome(failure.Value, Errno.None);
    }

    // A UNIX socket's peer goes without an error.
    private PumpOutcome DestinationBroken()
    {
        Errno error = destination.TakeError();
        return new PumpOutcome(PumpEnd.DestinationFailed, error == Errno.None ? Errno.BrokenPipe : error);
    }

    private PumpOutcome? Send(ReadOnlySpan<byte> output)
    {
        if (output.Length == 0)
            return null;
        IoResult sent = destination.TrySend(output);
        if (sent.Error != Errno.None && !sent.WouldBlock)
            return new PumpOutcome(PumpEnd.DestinationFailed, sent.Error);
        if (sent.Count < output.Length)
            Keep(output[sent.Count..]);
        return null;
    }

    private PumpOutcome? SendUnsent()
    {
        IoResult sent = destination.TrySend(_unsent.AsSpan(_unsentStart.._unsentEnd));
        if (sent.Error != Errno.None && !sent.WouldBlock)
            return new PumpOutcome(PumpEnd.DestinationFailed, sent.Error);
        _unsentStart += sent.Count;
        if (_unsentStart == _unsentEnd)
            ReturnUnsent();
        return null;
    }

    private PumpOutcome PassOnEnd()
    {
        if (!IsAtBoundary)
            return new PumpOutcome(PumpEnd.Truncated, Errno.None);
        Errno error = destination.ShutdownSend();
        // Not connected: the other side has closed both directions meanwhile, so there is nobody left to tell.
        return error is Errno.None or Errno.NotConnected
            ? new PumpOutcome(PumpEnd.EndOfStream, Errno.None)
            : new PumpOutcome(PumpEnd.DestinationFailed, error);
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        _unsent = ArrayPool<byte>.Shared.Rent(rest.Length);
        rest.CopyTo(_unsent);
        (_unsentStart, _unsentEnd) = (0, rest.Length);
    }

    private void ReturnUnsent()
    {
        if (_unsent is null)
            return;
        // It may be plaintext, and the pool outlives the connection.
        _unsent.AsSpan(0, _unsentEnd).Clear();
        ArrayPool<byte>.Shared.Return(_unsent);
        _unsent = null;
    }
}
