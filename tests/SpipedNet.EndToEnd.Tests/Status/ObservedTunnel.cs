using System.Text.Json;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Status;

/// <summary>An end of ours whose control socket is in a directory of the test, with stock spiped at the other end.</summary>
internal sealed class ObservedTunnel : IDisposable
{
    private readonly TestDirectory _directory = new();

    private ObservedTunnel(string role, string target, IReadOnlyList<string> flags)
    {
        Key = _directory.NewKey();
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        Server = role == "-d" ? StartObserved("-d", middle, target, flags) : TunnelEnd.Start(Maker.Stock, "-d", middle, target, Key);
        Client = role == "-e" ? StartObserved("-e", source, middle.Text, flags) : TunnelEnd.Start(Maker.Stock, "-e", source, middle.Text, Key);
        Observed = role == "-e" ? Client : Server;
    }

    /// <summary>Ours.</summary>
    public TunnelEnd Observed { get; }

    public TunnelEnd Client { get; }

    public TunnelEnd Server { get; }

    public string Key { get; }

    public string Socket => _directory.File("control.sock");

    /// <summary>Starts both ends, of which the one with the role is ours, and waits until they listen.</summary>
    public static async Task<ObservedTunnel> StartAsync(string role, string target, params string[] flags)
    {
        var tunnel = new ObservedTunnel(role, target, flags);
        await tunnel.Server.ListeningAsync();
        await tunnel.Client.ListeningAsync();
        await tunnel.Observed.Process.ErrorContainsAsync("started");
        return tunnel;
    }

    /// <summary>Runs the subcommand, which asks this end alone.</summary>
    public Task<ProcessOutcome> RunAsync(params string[] arguments) =>
        TestProcess.RunAsync(Programs.SpipedNet, ["status", .. arguments, "--socket", Socket]);

    /// <summary>The tunnel's part of the JSON.</summary>
    public async Task<JsonElement> StatusAsync()
    {
        ProcessOutcome outcome = await RunAsync("--json");
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        return JsonDocument.Parse(outcome.Output).RootElement.GetProperty("processes")[0].GetProperty("tunnels")[0];
    }

    /// <summary>Waits until the tunnel's status is as it should be.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> condition, string what)
    {
        JsonElement status = default;
        await Deadline.UntilAsync(async () => condition(status = await StatusAsync()), what);
        return status;
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _directory.Dispose();
    }

    private TunnelEnd StartObserved(string role, TestAddress source, string target, IReadOnlyList<string> flags) => TunnelEnd.Start(
        ["env", $"RUNTIME_DIRECTORY={_directory.Path}", Programs.SpipedNet], role, source, target, Key, flags);
}
