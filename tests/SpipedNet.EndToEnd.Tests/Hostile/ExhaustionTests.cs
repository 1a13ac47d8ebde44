using System.Globalization;
using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.EndToEnd.Tests.Many;
using Xunit.Abstractions;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>Too much of something: descriptors, connections, data that nobody reads.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class ExhaustionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("-e")]
    [InlineData("-d")]
    public async Task A_shortage_of_descriptors_is_told_once_costs_no_time_and_passes_by_itself(string role)
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-n", "0");
        TestProcess end = (role == "-e" ? tunnel.Client : tunnel.Server).Process;
        // One that listens may still be loading code from its file, which takes a descriptor for each assembly.
        if (Path.GetFileName(Programs.SpipedNet) != Programs.StockSpiped)
            await end.ErrorContainsAsync(" started, ");
        // Room for some five connections, besides what these leave to the rest of the process.
        await LimitDescriptorsAsync(end, ProcessTable.Descriptors(end.Id) + 10 + 32);

        List<Duplex> held = await FillAsync(tunnel, end);
        await Deadline.UntilAsync(() => IsQuietAsync(end), "it takes next to no time for a second");
        held.ForEach(connection => connection.Dispose());

        await Deadline.UntilAsync(() => EchoesAsync(tunnel), "a connection works again");
        if (Told("cannot accept") > 0)
            await end.ErrorContainsAsync("accepting connections on");
        Assert.InRange(Told("cannot accept"), 0, 1);
        Assert.Equal(Told("cannot accept"), Told("accepting connections on"));
        Assert.InRange(Told(""), 1, 30);

        int Told(string what) => end.Error.Split('\n').Count(line => line.Contains(what, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-e")]
    [InlineData("-d")]
    public async Task A_signal_is_heard_while_descriptors_are_short(string role)
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-n", "0");
        TestProcess end = (role == "-e" ? tunnel.Client : tunnel.Server).Process;
        await end.ErrorContainsAsync(" started, ");
        await LimitDescriptorsAsync(end, 256);
        List<Duplex> held = await FillAsync(tunnel, end);

        Assert.Contains(" reloaded: ", await ManyTunnels.ReloadAsync(end), StringComparison.Ordinal);

        held.ForEach(connection => connection.Dispose());
        await Deadline.UntilAsync(() => EchoesAsync(tunnel), "a connection works again");
    }

    [Fact]
    public async Task Strangers_that_come_one_by_one_to_several_tunnels_leave_descriptors_for_a_signal()
    {
        const int limit = 256;
        using var directory = new TestDirectory();
        string key = directory.NewKey();
        TestAddress[] sources = [.. Enumerable.Range(0, 3).Select(_ => TestAddress.Unused(AddressKind.Tcp4, directory))];
        using ManyTunnels many = await ManyTunnels.StartAsync(
            directory, [.. sources.Select((source, i) => $"t{i}: -d -s {source} -t [127.0.0.1]:9 -k {key}")]);
        await LimitDescriptorsAsync(many.Process, limit);

        List<Socket> strangers = [];
        bool IsShort() => many.Process.Error.Contains("too many open files", StringComparison.Ordinal);
        while (!IsShort())
        {
            int before = ProcessTable.Sockets(many.Process.Id);
            strangers.Add(await sources[strangers.Count % sources.Length].ConnectAsync());
            await Deadline.UntilAsync(() => IsShort() || ProcessTable.Sockets(many.Process.Id) > before, "it is accepted, or too many");
        }

        Assert.InRange(ProcessTable.Descriptors(many.Process.Id), 0, limit - 16);
        Assert.Contains(" reloaded: ", await many.ReloadAsync(), StringComparison.Ordinal);
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Fact]
    public async Task Six_hundred_connections_leave_no_socket_thread_or_memory_behind()
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        // Some have to wait for a place.
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-n", "40");
        TestProcess[] ends = [tunnel.Client.Process, tunnel.Server.Process];
        int count = Count("SPIPED_NET_CONNECTIONS", 600);
        int[] sockets = [.. ends.Select(end => ProcessTable.Sockets(end.Id))];
        await UseAsync(tunnel, 200);
        var before = ends.Select(end => (Threads: Threads(end), Resident: Resident(end))).ToArray();

        await UseAsync(tunnel, count);

        for (int i = 0; i < ends.Length; i++)
        {
            TestProcess end = ends[i];
            await Deadline.UntilAsync(() => ProcessTable.Sockets(end.Id) == sockets[i], "the sockets are closed");
            Assert.InRange(Threads(end), 1, before[i].Threads);
            Assert.InRange(Resident(end), 0, before[i].Resident + 8_000);
        }
    }

    [Fact]
    public async Task Busy_connections_live_within_a_heap_of_128_MiB_and_leave_no_socket_behind()
    {
        const int bytesEach = 64 * 1024;
        int count = Count("SPIPED_NET_BUSY", 200);
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        string[] limited = ["env", "DOTNET_GCHeapHardLimit=0x8000000", Programs.SpipedNet];
        string key = directory.NewKey();
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, directory);
        using TunnelEnd server = TunnelEnd.Start(limited, "-d", middle, target.Address.Text, key, "-n", "0");
        using TunnelEnd client = TunnelEnd.Start(
            limited, "-e", TestAddress.Unused(AddressKind.Tcp4, directory), middle.Text, key, "-n", "0");
        await server.ListeningAsync();
        await client.ListeningAsync();
        int[] before = [ProcessTable.Sockets(client.Process.Id), ProcessTable.Sockets(server.Process.Id)];

        List<Duplex> held = [];
        for (int i = 0; i < count; i++)
        {
            held.Add(Duplex.Of(await client.Source.ConnectAsync()));
            await held[^1].AssertEchoesAsync();
        }

        await Task.WhenAll(held.Select(connection => connection.AssertEchoesAsync(bytesEach)));
        output.WriteLine($"{count} held: {Resident(client.Process)} and {Resident(server.Process)} KiB, "
            + $"{Threads(client.Process)} and {Threads(server.Process)} threads");

        held.ForEach(connection => connection.Dispose());
        await Deadline.UntilAsync(() => ProcessTable.Sockets(client.Process.Id) == before[0], "the client's end has closed all");
        await Deadline.UntilAsync(() => ProcessTable.Sockets(server.Process.Id) == before[1], "the server's end has closed all");
    }

    [Fact]
    public async Task A_reader_that_stalls_costs_bounded_memory_and_holds_up_none_of_199_others()
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-n", "200");
        using Socket stalled = await tunnel.Source.ConnectAsync();
        stalled.Blocking = false;
        byte[] data = new byte[1 << 20];
        // Blocked is when nothing more fits for a second: the pumps take what they can in between.
        while (stalled.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite))
            stalled.Send(data, SocketFlags.None, out _);

        await Task.WhenAll(Enumerable.Range(0, 199).Select(_ => EchoAsync(tunnel)));

        Assert.InRange(Resident(tunnel.Client.Process), 0, 100_000);
        Assert.InRange(Resident(tunnel.Server.Process), 0, 100_000);
    }

    // More of them by hand.
    private static int Count(string variable, int usual) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? $"{usual}", CultureInfo.InvariantCulture);

    private static async Task UseAsync(TunnelPair tunnel, int count)
    {
        const int atATime = 50;
        for (int done = 0; done < count; done += atATime)
            await Task.WhenAll(Enumerable.Range(0, atATime).Select(_ => EchoAsync(tunnel)));
    }

    private static async Task EchoAsync(TunnelPair tunnel)
    {
        using Duplex connection = Duplex.Of(await tunnel.Source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    // Holds connections until the end has no descriptor for another.
    private static async Task<List<Duplex>> FillAsync(TunnelPair tunnel, TestProcess end)
    {
        List<Duplex> held = [];
        await Deadline.UntilAsync(
            async () =>
            {
                if (await HoldAsync(tunnel) is { } connection)
                    held.Add(connection);
                return end.Error.Contains("too many open files", StringComparison.Ordinal);
            },
            "descriptors run out");
        return held;
    }

    // Null for one that was reset at once.
    private static async Task<Duplex?> HoldAsync(TunnelPair tunnel)
    {
        try
        {
            return Duplex.Of(await tunnel.Source.ConnectAsync());
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static async Task<bool> EchoesAsync(TunnelPair tunnel)
    {
        try
        {
            await EchoAsync(tunnel);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }

    private static async Task LimitDescriptorsAsync(TestProcess process, int limit)
    {
        ProcessOutcome outcome = await TestProcess.RunAsync("prlimit", ["--pid", $"{process.Id}", $"--nofile={limit}:{limit}"]);
        Assert.Equal(0, outcome.Status);
    }

    private static int Threads(TestProcess process) => Number(process, "Threads");

    // In KiB.
    private static int Resident(TestProcess process) => Number(process, "VmRSS");

    private static int Number(TestProcess process, string field) =>
        int.Parse(ProcessTable.Status(process.Id, field)[0], CultureInfo.InvariantCulture);

    // Not a wait for an event: whether it spins meanwhile is what is asked.
    private static async Task<bool> IsQuietAsync(TestProcess process)
    {
        double before = CpuSeconds(process);
        await Task.Delay(TimeSpan.FromSeconds(1));
        return CpuSeconds(process) - before < 0.2;
    }

    private static double CpuSeconds(TestProcess process) => System.Diagnostics.Process.GetProcessById(process.Id).TotalProcessorTime.TotalSeconds;
}
