using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using SpipedNet.Protocol;

namespace SpipedNet.Tunnel.Tests;

/// <summary>The stream of a client within the process: its two directions, and how each can end.</summary>
public sealed class SpipedStreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestTunnel _tunnel = new();
    private readonly SharedSecret _secret = SharedSecret.FromKeyMaterial("key"u8);

    public void Dispose()
    {
        _tunnel.Dispose();
        _secret.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1025)]
    [InlineData(5_000_000)]
    public async Task Bytes_arrive_unchanged_in_both_directions(int count)
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        byte[] request = SocketAssert.RandomBytes(count), answer = SocketAssert.RandomBytes(count), answered = new byte[count];
        Task<byte[]> arrived = SocketAssert.ReadAsync(target, count);
        Task sending = Task.WhenAll(stream.WriteAsync(request).AsTask(), SocketAssert.SendAsync(target, answer));

        await stream.ReadExactlyAsync(answered).AsTask().WaitAsync(Patience);
        await sending;

        Assert.Equal(request, await arrived);
        Assert.Equal(answer, answered);
    }

    [Fact]
    public async Task Reading_and_writing_work_without_tasks_too()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        stream.Write([1, 2, 3]);
        await SocketAssert.SendAsync(target, await SocketAssert.ReadAsync(target, 3));
        byte[] answer = new byte[3];
        stream.ReadExactly(answer);
        Assert.Equal([1, 2, 3], answer);
    }

    [Fact]
    public async Task Completing_the_writes_leaves_the_answers_direction_open()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        stream.CompleteWrites();
        await SocketAssert.EndsAsync(target);
        byte[] answer = SocketAssert.RandomBytes(3_000_000);

        Task sending = SocketAssert.SendAsync(target, answer).ContinueWith(_ => target.Shutdown(SocketShutdown.Send));

        Assert.Equal(answer, await ReadToEndAsync(stream));
        await sending;
    }

    [Fact]
    public async Task Nothing_can_be_written_once_the_writes_are_completed()
    {
        (SpipedStream stream, _) = await OpenAsync();
        stream.CompleteWrites();
        stream.CompleteWrites();
        Assert.False(stream.CanWrite);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.WriteAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task The_others_end_is_read_while_this_direction_stays_open()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        target.Shutdown(SocketShutdown.Send);
        Assert.Empty(await ReadToEndAsync(stream));

        await stream.WriteAsync(new byte[] { 5 });

        Assert.Equal([5], await SocketAssert.ReadAsync(target, 1));
    }

    [Fact]
    public async Task Both_ends_once_said_disposing_loses_nothing_of_them()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        target.Shutdown(SocketShutdown.Send);
        Assert.Empty(await ReadToEndAsync(stream));
        byte[] request = SocketAssert.RandomBytes(3_000_000);
        Task<byte[]> arrived = SocketAssert.ReadToEndAsync(target);
        await stream.WriteAsync(request);
        stream.CompleteWrites();

        await stream.DisposeAsync();

        Assert.Equal(request, await arrived);
    }

    [Fact]
    public async Task A_reset_fails_the_read_after_what_had_come_before()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        byte[] said = SocketAssert.RandomBytes(100_000), read = new byte[said.Length];
        await SocketAssert.SendAsync(target, said);
        target.Close(0);

        await stream.ReadExactlyAsync(read).AsTask().WaitAsync(Patience);

        Assert.Equal(said, read);
        await FailsAsync(SpipedError.Cut, () => stream.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task A_reset_fails_the_write()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        await SocketAssert.SendAsync(target, [1]);
        Assert.Equal(1, stream.ReadByte());
        target.Close(0);
        await FailsAsync(SpipedError.Cut, async () =>
        {
            while (true)
                await stream.WriteAsync(new byte[65536]);
        });
    }

    [Fact]
    public async Task A_reset_fails_a_synchronous_read_too()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        await SocketAssert.SendAsync(target, [1]);
        Assert.Equal(1, stream.ReadByte());
        target.Close(0);
        await FailsAsync(SpipedError.Cut, () => Task.Run(() => stream.Read(new byte[1])));
    }

    [Fact]
    public async Task A_target_that_the_other_end_cannot_reach_is_told_from_a_cut()
    {
        using var unreachable = new TestTunnel();
        IPEndPoint wire = await unreachable.StartReceiverAsync();
        unreachable.Target.Dispose();
        await using SpipedStream stream = await SpipedClient.ConnectAsync(TestTunnel.Address(wire), _secret);
        await FailsAsync(SpipedError.Refused, () => stream.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Silence_beyond_the_idle_timeout_fails_the_read()
    {
        (SpipedStream stream, _) = await OpenAsync(new SpipedClientOptions { IdleTimeout = TimeSpan.FromSeconds(0.2) });
        await FailsAsync(SpipedError.TimedOut, () => stream.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task A_read_that_was_cancelled_leaves_the_connection_open()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        using var cancellation = new CancellationTokenSource();
        Task<int> reading = stream.ReadAsync(new byte[1], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience));

        await SocketAssert.SendAsync(target, [9]);

        Assert.Equal(9, stream.ReadByte());
    }

    [Fact]
    public async Task A_write_that_nobody_reads_can_be_cancelled()
    {
        (SpipedStream stream, _) = await OpenAsync();
        using var cancellation = new CancellationTokenSource();
        Task writing = stream.WriteAsync(new byte[64 * 1024 * 1024], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_synchronous_read_that_is_late_leaves_the_connection_open()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        stream.ReadTimeout = 50;
        await FailsAsync(SpipedError.TimedOut, () => Task.Run(() => stream.Read(new byte[1])));

        stream.ReadTimeout = Timeout.Infinite;
        await SocketAssert.SendAsync(target, [9]);

        Assert.Equal(9, stream.ReadByte());
    }

    [Fact]
    public async Task A_read_into_no_buffer_waits_for_data_and_is_no_end()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        Task<int> waiting = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await SocketAssert.SendAsync(target, [9]);
        Assert.Equal(0, await waiting.WaitAsync(Patience));
        Assert.Equal(9, stream.ReadByte());
    }

    [Fact]
    public async Task Disposing_amid_a_stream_resets_it()
    {
        (SpipedStream stream, Socket target) = await OpenAsync();
        await stream.WriteAsync(SocketAssert.RandomBytes(100));
        await stream.DisposeAsync();
        await SocketAssert.IsResetAsync(target);
    }

    [Fact]
    public async Task Disposing_fails_a_read_that_waits()
    {
        (SpipedStream stream, _) = await OpenAsync();
        Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.WaitAsync(Patience));
        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
    }

    [Fact]
    public async Task A_stream_that_was_forgotten_is_reset()
    {
        Socket target = await OpenAndForgetAsync();
        Task<byte[]> reset = SocketAssert.IsResetAsync(target);
        while (!reset.IsCompleted)
        {
            GC.Collect();
            await Task.WhenAny(reset, Task.Delay(10));
        }

        await reset;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<Socket> OpenAndForgetAsync() => (await OpenAsync()).Target;

    private async Task<(SpipedStream Stream, Socket Target)> OpenAsync(SpipedClientOptions? options = null)
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        SpipedStream stream = await SpipedClient.ConnectAsync(TestTunnel.Address(wire), _secret, options);
        return (stream, await SocketAssert.AcceptAsync(_tunnel.Target));
    }

    private static async Task<byte[]> ReadToEndAsync(SpipedStream stream)
    {
        var all = new MemoryStream();
        await stream.CopyToAsync(all).WaitAsync(Patience);
        return all.ToArray();
    }

    private static async Task FailsAsync(SpipedError error, Func<Task> use)
    {
        SpipedException failure = await Assert.ThrowsAsync<SpipedException>(() => use().WaitAsync(Patience));
        Assert.Equal(error, failure.Error);
    }
}
