using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>spiped-net reload: what SIGHUP has led to, as an exit status.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ReloadSubcommandTests : IDisposable
{
    private readonly StockEnds _ends = new();

    private string Socket => _ends.Directory.File("control.sock");

    [Fact]
    public async Task It_returns_when_what_was_read_runs()
    {
        (string first, _) = await _ends.LineAsync("a");
        (string second, TestAddress source) = await _ends.LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, first);
        await File.WriteAllLinesAsync(many.File, [first, second]);

        Assert.Equal(new ProcessOutcome(0, "", ""), await ReloadAsync("--socket", Socket));

        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task It_fails_with_the_reason_when_nothing_was_changed()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);

        await File.WriteAllLinesAsync(many.File, [line, "b: -e"]);
        Assert.Equal(
            new ProcessOutcome(1, "", $"spiped-net: nothing was changed: {many.File}:2: -s is missing\n"), await ReloadAsync("a", "--socket", Socket));
        await File.WriteAllLinesAsync(many.File, [line, line.Replace("a: ", "b: ", StringComparison.Ordinal).Replace(source.Text, _ends.Target.Address.Text, StringComparison.Ordinal)]);
        ProcessOutcome taken = await ReloadAsync("--socket", Socket);

        Assert.Equal(1, taken.Status);
        Assert.StartsWith($"spiped-net: nothing was changed: {many.File}:2: cannot listen on {_ends.Target.Address}: ", taken.Error, StringComparison.Ordinal);
        await File.WriteAllLinesAsync(many.File, [line]);
        Assert.Equal(new ProcessOutcome(0, "", ""), await ReloadAsync("--socket", Socket));
    }

    [Fact]
    public async Task What_cannot_be_asked_is_told()
    {
        Assert.Equal(
            new ProcessOutcome(1, "", $"spiped-net: cannot ask {Socket}: there is no such file\n"), await ReloadAsync("--socket", Socket));
        (string line, _) = await _ends.LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        Assert.Equal(
            new ProcessOutcome(1, "", "spiped-net: no running tunnel is called nobody\n"), await ReloadAsync("nobody", "--socket", Socket));
    }

    [Fact]
    public async Task The_signal_goes_to_whom_the_kernel_names_and_not_to_whom_the_answer_names()
    {
        using TestProcess victim = TestProcess.Start("sleep", ["1000"]);
        string answer = $"{{\"format\":1,\"version\":\"0\",\"pid\":{victim.Id},\"unit\":null,\"tunnels\":[]}}";
        using TestProcess liar = TestProcess.Start(
            "python3",
            [
                "-c", "import socket, sys\ns = socket.socket(socket.AF_UNIX)\ns.bind(sys.argv[1])\ns.listen()\nprint('ready', file=sys.stderr, flush=True)\n"
                    + "while True:\n  c = s.accept()[0]\n  c.sendall(sys.argv[2].encode())\n  c.close()", Socket, answer,
            ]);
        await liar.ErrorContainsAsync("ready");

        ProcessOutcome outcome = await ReloadAsync("--socket", Socket);

        Assert.Equal(new ProcessOutcome(1, "", $"spiped-net: process {liar.Id} has ended\n"), outcome);
        Assert.True(Directory.Exists($"/proc/{victim.Id}"));
        victim.Signal(ProcessTable.Terminate);
        Assert.Equal(143, await victim.ExitAsync());
    }

    public void Dispose() => _ends.Dispose();

    private static Task<ProcessOutcome> ReloadAsync(params string[] arguments) => TestProcess.RunAsync(Programs.SpipedNet, ["reload", .. arguments]);
}
