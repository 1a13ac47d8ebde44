using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Pipe;

/// <summary>spipe-net: standard input and output as the client's end of a tunnel.</summary>
public sealed class PipeTests : IDisposable
{
    private const int Large = 32 * 1024 * 1024;

    // spipe-net asks after a silent server every 10 s.
    private static readonly TimeSpan DeadServerLimit = TimeSpan.FromSeconds(60);

    private readonly TestDirectory _directory = new();
    private readonly Target _target;
    private readonly string _key;

    public PipeTests()
    {
        _target = new Target(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
    }

    [Fact]
    public async Task The_end_of_standard_input_reaches_the_server_which_may_still_answer()
    {
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = StartPipe(server);
        await Duplex.Of(spipe).SendAllAsync("question"u8.ToArray());

        using Duplex atTarget = await AcceptAsync();
        Assert.Equal(ReceivedBytes.Of("question"u8), await Deadline.ForAsync(atTarget.DigestAsync(), "the question"));
        await atTarget.SendAllAsync("answer"u8.ToArray());

        Assert.Equal(ReceivedBytes.Of("answer"u8), await ReceiveAllAsync(spipe));
        Assert.Equal(0, await spipe.ExitAsync());
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task Standard_output_ends_with_the_servers_side_while_standard_input_still_works()
    {
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = StartPipe(server);
        using Duplex atTarget = await AcceptAsync();
        await atTarget.SendAllAsync("all of it"u8.ToArray());
        Assert.Equal(ReceivedBytes.Of("all of it"u8), await ReceiveAllAsync(spipe));

        await Duplex.Of(spipe).SendAllAsync("late word"u8.ToArray());

        Assert.Equal(ReceivedBytes.Of("late word"u8), await Deadline.ForAsync(atTarget.DigestAsync(), "the late word"));
        Assert.Equal(0, await spipe.ExitAsync());
    }

    [Theory]
    [InlineData(200_000)] // fits into the buffers on the way: the server's side is closed before the first byte is read
    [InlineData(Large)]
    public async Task Nothing_of_the_tail_is_lost(int size)
    {
        byte[] data = new byte[size];
        Random.Shared.NextBytes(data);
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = StartPipe(server);
        spipe.Input.Close();
        using Duplex atTarget = await AcceptAsync();
        Task sending = atTarget.SendAllAsync(data);
        if (size < Large)
            await Deadline.ForAsync(sending, "the server to close its side");

        Assert.Equal(ReceivedBytes.Of(data), await ReceiveAllAsync(spipe));
        Assert.Equal(0, await spipe.ExitAsync());
        await sending;
    }

    [Fact]
    public async Task A_key_file_on_standard_input_is_used_up_and_never_sent()
    {
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = TestProcess.Start(
            "sh", ["-c", "exec \"$0\" -t \"$1\" -k - < \"$2\"", Programs.SpipeNet, server.Source.Text, _key]);

        using Duplex atTarget = await AcceptAsync();

        Assert.Equal(ReceivedBytes.Of([]), await Deadline.ForAsync(atTarget.DigestAsync(), "the end"));
        atTarget.Dispose();
        Assert.Equal(0, await spipe.ExitAsync());
    }

    [Fact]
    public async Task Output_that_nobody_reads_any_more_ends_it_without_a_word()
    {
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = StartPipe(server);
        using Duplex atTarget = await AcceptAsync();
        spipe.Output.Close();

        await atTarget.Output.WriteAsync("anything"u8.ToArray());

        ProcessOutcome outcome = await spipe.OutcomeAsync();
        Assert.NotEqual(0, outcome.Status);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_closed_standard_input_is_an_empty_one()
    {
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = TestProcess.Start(
            "sh", ["-c", "exec \"$0\" -t \"$1\" -k \"$2\" <&-", Programs.SpipeNet, server.Source.Text, _key]);

        using Duplex atTarget = await AcceptAsync();

        Assert.Equal(ReceivedBytes.Of([]), await Deadline.ForAsync(atTarget.DigestAsync(), "the end"));
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_closed_standard_output_is_an_error_once_there_is_something_to_write()
    {
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = TestProcess.Start(
            "sh", ["-c", "exec \"$0\" -t \"$1\" -k \"$2\" >&-", Programs.SpipeNet, server.Source.Text, _key]);
        using Duplex atTarget = await AcceptAsync();

        await atTarget.Output.WriteAsync("anything"u8.ToArray());

        await AssertFailsAsync(spipe, "cannot write standard output");
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_refused_connection_is_an_error_with_a_reason()
    {
        TestAddress nobody = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TestProcess spipe = TestProcess.Start(Programs.SpipeNet, ["-t", nobody.Text, "-k", _key]);

        await AssertFailsAsync(spipe, "refused");
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_wrong_key_is_an_error_with_a_reason()
    {
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = TestProcess.Start(
            Programs.SpipeNet, ["-t", server.Source.Text, "-k", _directory.NewKey()]);

        await AssertFailsAsync(spipe, "key");
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_server_that_dies_in_the_middle_is_an_error_with_a_reason()
    {
        using TunnelEnd server = await StartServerAsync();
        using TestProcess spipe = StartPipe(server);
        // The target takes nothing, so that bytes on their way remain in the server's end when that dies.
        Task sending = Duplex.Of(spipe).SendAllAsync(new byte[Large]);
        using Duplex atTarget = await AcceptAsync();
        await atTarget.ReceiveAsync(1);

        server.Process.Signal(ProcessTable.Kill);

        await AssertFailsAsync(spipe, "reset");
        await Assert.ThrowsAsync<IOException>(() => sending);
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task It_exits_when_the_server_is_killed_although_standard_input_stays_open()
    {
        using var target = new Target(AddressKind.Unix, _directory); // reached from any network
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        string[] serverCommand = [.. Namespaces.WithImpatientNetwork(), Programs.SpipedNet];
        using TunnelEnd server = TunnelEnd.Start(serverCommand, "-d", source, target.Address.Text, _key);
        await server.Process.ErrorContainsAsync("started");
        string[] command = [.. Namespaces.InNetworkOf(server.Process.Id), Programs.SpipeNet];
        using TestProcess spipe = TestProcess.StartPipe(
            command[0], [.. command.Skip(1), "-t", source.Text, "-k", _key]);
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "a connection");
        await spipe.Input.WriteAsync("word"u8.ToArray());
        await spipe.Input.FlushAsync();
        await atTarget.ReceiveAsync(4);

        server.Process.Signal(ProcessTable.Kill);

        Assert.Equal(1, await spipe.ExitAsync(DeadServerLimit));
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task It_exits_when_the_server_at_a_UNIX_socket_is_killed_although_standard_input_stays_open()
    {
        TestAddress source = TestAddress.Unused(AddressKind.Unix, _directory);
        using TunnelEnd server = TunnelEnd.Start(Maker.Ours, "-d", source, _target.Address.Text, _key);
        await server.ListeningAsync();
        using TestProcess spipe = StartPipe(server);
        using Duplex atTarget = await AcceptAsync();

        server.Process.Signal(ProcessTable.Kill);

        Assert.Equal(1, await spipe.ExitAsync());
    }

    public void Dispose()
    {
        _target.Dispose();
        _directory.Dispose();
    }

    private static Task<ReceivedBytes> ReceiveAllAsync(TestProcess spipe) =>
        Deadline.ForAsync(Duplex.Of(spipe).DigestAsync(), "the end of standard output");

    private static async Task AssertFailsAsync(TestProcess spipe, string reason)
    {
        ProcessOutcome outcome = await spipe.OutcomeAsync();
        Assert.Equal(1, outcome.Status);
        string line = Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(reason, line, StringComparison.OrdinalIgnoreCase);
    }

    private Task<Duplex> AcceptAsync() => Deadline.ForAsync(_target.AcceptAsync(), "a connection");

    private async Task<TunnelEnd> StartServerAsync()
    {
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TunnelEnd server = TunnelEnd.Start(Maker.Ours, "-d", source, _target.Address.Text, _key);
        await server.ListeningAsync();
        return server;
    }

    private TestProcess StartPipe(TunnelEnd server) =>
        TestProcess.StartPipe(Programs.SpipeNet, ["-t", server.Source.Text, "-k", _key]);
}
