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

    /// <summary>No byte has come in either direction for as long as a connection may be idle.</summary>
    Idle,

    /// <summary>The other direction had failed, and nothing could be passed on here any more.</summary>
    Stopped,
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
    private PumpOutcome? _imposed;

    // What the outcome will be, though what came before is still to be passed on.
    private PumpOutcome? _known;

    // Made once: a busy connection is blocked thousands of times a second, and makes no garbage.
    private Action? _noticeReset;

    /// <summary>Payload bytes received so far.</summary>
    public long PayloadBytes { get; protected set; }

    /// <summary>
    /// Called once when the source is lost, or what it sends is bad, while the destination has not taken what came before:
    /// whoever waits for that may do so no longer than for last words.
    /// </summary>
    public Action? OnLost { private get; set; }

    /// <summary>Whether it neither receives nor sends any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Bytes that the destination has taken so far.</summary>
    public long SentBytes { get; private set; }

    public StreamSocket Source { get; } = source;

    public StreamSocket Destination { get; } = destination;

    protected BatchBuffers Buffers { get; } = source.Loop.Buffers;

    /// <summary>Runs until the source's stream has ended and that was passed on, or until something fails.</summary>
    public async ValueTask<PumpOutcome> RunAsync()
    {
        PumpOutcome? outcome;
        while ((outcome = _imposed ?? Step()) is null)
        {
            if (_unsent is null)
            {
                await Source.Readable;
                continue;
            }

            // Nothing is received meanwhile, so a reset would not be noticed.
            if (_known is null)
                Source.WhenBroken(_noticeReset ??= NoticeReset);
            await Destination.Writable;
        }

        ReturnUnsent();
        HasEnded = true;
        return _known ?? outcome.Value;
    }

    /// <summary>Ends the pump soon, whatever may still come: nobody would take it.</summary>
    public void Stop(PumpEnd end = PumpEnd.Stopped, Errno error = Errno.None)
    {
        _imposed = new PumpOutcome(end, error);
        Source.WakeReader();
        Destination.WakeWriter();
    }

    /// <summary>Receives into the loop's buffers and transforms what came; the output is valid until the next await.</summary>
    /// <returns>What receive returned: its count is 0 only at the end of the stream or with an error.</returns>
    protected abstract IoResult ReceiveAndTransform(out ReadOnlySpan<byte> output, out PumpEnd? failure);

    /// <summary>Whether the stream may end here.</summary>
    protected abstract bool IsAtBoundary { get; }

    private PumpOutcome? Step()
    {
        if (_unsent is not null)
            return SendUnsent();
        if (_known?.End == PumpEnd.BadPacket)
            return _known;
        IoResult received = ReceiveAndTransform(out ReadOnlySpan<byte> output, out PumpEnd? failure);
        if (received.WouldBlock)
            return null;
        if (received.Error != Errno.None)
            return new PumpOutcome(PumpEnd.SourceFailed, received.Error);
        if (received.Count == 0)
            return PassOnEnd();
        PumpOutcome? sendOutcome = Send(output);
        if (failure is null)
            return sendOutcome;
        _known = new PumpOutcome(failure.Value, Errno.None);
        if (_unsent is null)
            return _known;
        OnLost?.Invoke();
        return null;
    }

    // An end in good order of both directions is no reset: then the destination may take its time.
    private void NoticeReset()
    {
        if (_unsent is null || _known is not null || !Source.HasError)
            return;
        _known = new PumpOutcome(PumpEnd.SourceFailed, Errno.ConnectionReset);
        OnLost?.Invoke();
    }

    private PumpOutcome? Send(ReadOnlySpan<byte> output)
    {
        if (output.Length == 0)
            return null;
        IoResult sent = Destination.TrySend(output);
        if (sent.Error != Errno.None && !sent.WouldBlock)
            return new PumpOutcome(PumpEnd.DestinationFailed, sent.Error);
        SentBytes += sent.Count;
        if (sent.Count < output.Length)
            Keep(output[sent.Count..]);
        return null;
    }

    private PumpOutcome? SendUnsent()
    {
        IoResult sent = Destination.TrySend(_unsent.AsSpan(_unsentStart.._unsentEnd));
        if (sent.Error != Errno.None && !sent.WouldBlock)
            return new PumpOutcome(PumpEnd.DestinationFailed, sent.Error);
        SentBytes += sent.Count;
        _unsentStart += sent.Count;
        if (_unsentStart == _unsentEnd)
            ReturnUnsent();
        return null;
    }

    private PumpOutcome PassOnEnd()
    {
        if (!IsAtBoundary)
            return new PumpOutcome(PumpEnd.Truncated, Errno.None);
        Errno error = Destination.ShutdownSend();
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
