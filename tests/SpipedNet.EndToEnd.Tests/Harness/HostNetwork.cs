using System.Globalization;
using System.Net;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>Hosts on a bridge, each a network namespace. Takes root. Gone with all of it on disposal.</summary>
internal sealed class HostNetwork : IDisposable
{
    private readonly TestProcess _bridge;
    private readonly List<NetworkHost> _hosts = [];

    private HostNetwork(TestProcess bridge) => _bridge = bridge;

    public static async Task<HostNetwork> StartAsync()
    {
        TestProcess bridge = await StartNamespaceAsync();
        var network = new HostNetwork(bridge);
        await network.ShellAsync("ip link add br0 type bridge && ip link set br0 up");
        return network;
    }

    /// <summary>Adds a host with an address of 192.0.2.0/24, and all of 127.0.0.0/8 to itself.</summary>
    public async Task<NetworkHost> AddAsync(IPAddress address)
    {
        var host = new NetworkHost(address, await StartNamespaceAsync());
        _hosts.Add(host);
        string cable = CableOf(host);
        await ShellAsync(string.Create(CultureInfo.InvariantCulture,
            $"ip link add {cable} type veth peer name eth0 netns {host.Id} && ip link set {cable} master br0 up"));
        ProcessOutcome up = await host.RunAsync(
            "sh", "-c", $"ip link set lo up && ip address add {address}/24 dev eth0 && ip link set eth0 up");
        Assert.Equal((0, ""), (up.Status, up.Error));
        return host;
    }

    /// <summary>Cuts a host off from the others.</summary>
    public Task CutAsync(NetworkHost host) => ShellAsync($"ip link set {CableOf(host)} down");

    /// <summary>Mends what <see cref="CutAsync"/> has cut.</summary>
    public Task MendAsync(NetworkHost host) => ShellAsync($"ip link set {CableOf(host)} up");

    public void Dispose()
    {
        _hosts.ForEach(host => host.Dispose());
        _bridge.Dispose();
    }

    private static string CableOf(NetworkHost host) => $"to-{host.Address.GetAddressBytes()[3]}";

    // A namespace lives as long as a process in it.
    private static async Task<TestProcess> StartNamespaceAsync()
    {
        string[] command = [.. Namespaces.Unshare("--net"), "sh", "-c", "echo made >&2; exec sleep infinity"];
        TestProcess holder = TestProcess.Start(command[0], command.Skip(1));
        await holder.ErrorContainsAsync("made");
        return holder;
    }

    private async Task ShellAsync(string command)
    {
        string[] inBridge = [.. Namespaces.InNetworkOf(_bridge.Id), "sh", "-c", command];
        ProcessOutcome outcome = await TestProcess.RunAsync(inBridge[0], inBridge.Skip(1));
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
    }
}
