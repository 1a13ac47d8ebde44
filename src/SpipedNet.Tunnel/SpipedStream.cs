using System.Net.Sockets;

namespace SpipedNet.Tunnel;

/// <summary>
/// One encrypted connection as a stream. One reader and one writer may use it at the same time. A stream that was cut never
/// looks complete: reading returns 0 only after the other end has ended its direction in good order, and disposing resets
/// the connection unless both directions have ended.
/// </summary>
public sealed class SpipedStream : Stream
{
    private readonly SenderPipe _pipe;
    private readonly TunnelAddress _target;
    private volatile bool _hasCompletedWrites;
    private volatile bool _isDisposed;

    internal SpipedStream(SenderPipe pipe, TunnelAddress target) => (_pipe, _target) = (pipe, target);

    // The loop keeps the pipe alive, so that a stream which was forgotten would keep its connection without end.
    /// <summary>Resets the connection.</summary>
    ~SpipedStream() => Dispose(false);

    /// <inheritdoc/>
    public override bool CanRead => !_isDisposed;

    /// <inheritdoc/>
    public override bool CanWrite => !_isDisposed && !_hasCompletedWrites;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanTimeout => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>How many milliseconds a synchronous read may take; 0 or less for any. The connection survives one that is late.</summary>
    public override int ReadTimeout
    {
        get => _pipe.Plain.ReceiveTimeout;
        set => _pipe.Plain.ReceiveTimeout = Math.Max(0, value);
    }

    /// <summary>How many milliseconds a synchronous write may take; 0 or less for any. One that is late may have written a part.</summary>
    public override int WriteTimeout
    {
        get => _pipe.Plain.SendTimeout;
        set => _pipe.Plain.SendTimeout = Math.Max(0, value);
    }

    /// <summary>Ends this direction, after all that was written; the other one stays open. Again: nothing more happens.</summary>
    public void CompleteWrites()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _hasCompletedWrites = true;
        try
        {
            _pipe.Plain.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The connection has ended already; reading tells how.
        }
    }

    /// <summary>Reads what is there, waiting for the first byte.</summary>
    /// <returns>How many bytes; 0 once the other end has ended its direction in good order.</returns>
    /// <exception cref="SpipedException">The connection ended otherwise. What had come before that was read before.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int count = 0;
        try
        {
            count = await _pipe.Plain.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The connection has ended; its outcome says how.
            await _pipe.Ending.ConfigureAwait(false);
            return EndInOrderOrThrow();
        }

        if (count > 0 || buffer.Length == 0)
            return count;
        await _pipe.Ending.ConfigureAwait(false);
        return EndInOrderOrThrow();
    }

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int count = _pipe.Plain.Receive(buffer, SocketFlags.None, out SocketError error);
        if (error is SocketError.TimedOut or SocketError.WouldBlock)
            throw Late("came");
        if (error == SocketError.Success && (count > 0 || buffer.Length == 0))
            return count;
        _pipe.Ending.GetAwaiter().GetResult();
        return EndInOrderOrThrow();
    }

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Writes all of the data. It is on its way then, not yet with the other end.</summary>
    /// <param name="buffer">The data.</param>
    /// <param name="cancellationToken">Ends the write, of which a part may have been done.</param>
    /// <exception cref="SpipedException">The connection has ended.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfUnwritable();
        try
        {
            while (buffer.Length > 0)
                buffer = buffer[await _pipe.Plain.SendAsync(buffer, cancellationToken).ConfigureAwait(false)..];
        }
        catch (SocketException)
        {
            throw Failure(await _pipe.Completion.ConfigureAwait(false));
        }
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfUnwritable();
        while (buffer.Length > 0)
        {
            int count = _pipe.Plain.Send(buffer, SocketFlags.None, out SocketError error);
            if (error is SocketError.TimedOut or SocketError.WouldBlock)
                throw Late("could be written");
            if (error != SocketError.Success)
                throw Failure(_pipe.Completion.GetAwaiter().GetResult());
            buffer = buffer[count..];
        }
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: what was written is on its way.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc cref="Flush"/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Disposes, and waits until the connection's keys and payload are zeroed.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
        if (!HasEndedInOrder)
            await _pipe.Completion.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            if (!HasEndedInOrder)
                _pipe.Reset();
            // Not at once: the loop would take that for the end of what is written, and pass it on as one in good order.
            _pipe.Completion.ContinueWith(_ => _pipe.Plain.Dispose(), TaskScheduler.Default);
        }

        base.Dispose(disposing);
    }

    // Both ends are said, though perhaps not passed on yet: the connection ends by itself, and nothing of it is lost.
    private bool HasEndedInOrder => _hasCompletedWrites && _pipe.PeerEnded.IsCompleted;

    private int EndInOrderOrThrow()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _pipe.PeerEnded.IsCompleted ? 0 : throw Failure(_pipe.Completion.GetAwaiter().GetResult());
    }

    private void ThrowIfUnwritable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_hasCompletedWrites)
            throw new InvalidOperationException("Writes were completed.");
    }

    private Exception Failure(ConnectionOutcome outcome) =>
        _isDisposed ? new ObjectDisposedException(nameof(SpipedStream)) : SpipedException.Of(_target, outcome);

    private SpipedException Late(string what) =>
        new(SpipedError.TimedOut, $"target {_target}: nothing {what} within the stream's timeout");
}
