using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Subcommands;

/// <summary>The script of spiped-net redis-mesh: what it refuses, what it says when it fails, and what it does when it is run again.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class RedisMeshScriptTests : IDisposable
{
    private static readonly string[] Nodes = ["--node", "a=192.0.2.10", "--node", "b=192.0.2.11"];

    private static readonly string[] SelfA = [.. Nodes, "--self", "a"];

    private readonly RedisMeshHost _host = new(addresses: "192.0.2.10");

    [Fact]
    public async Task Without_a_key_the_script_changes_nothing_and_says_how_to_get_one()
    {
        _host.Delete("spiped/redis-mesh.key");

        await AssertRefusesAsync(
            "/etc/spiped/redis-mesh.key is missing; copy it from another host, or make the first one: "
            + "spiped-net keygen /etc/spiped/redis-mesh.key",
            SelfA);
    }

    [Fact]
    public async Task Only_root_gets_so_far_as_to_look_for_the_key()
    {
        _host.Program("id", "echo 1000");

        await AssertRefusesAsync("run this as root", SelfA);
    }

    [Fact]
    public async Task A_node_is_not_taken_for_a_host_with_clients_only() =>
        await AssertRefusesAsync("192.0.2.10 is this host, so it is the node a; give --self a", Nodes);

    [Fact]
    public async Task A_host_is_not_taken_for_a_node_that_it_is_not() =>
        await AssertRefusesAsync("192.0.2.11 is no address of this host; is it b, as --self says?", [.. Nodes, "--self", "b"]);

    [Fact]
    public async Task The_key_of_another_tunnel_is_not_replaced()
    {
        _host.Write("spiped/redis-b.key", "other");

        await AssertRefusesAsync(
            "/etc/spiped/redis-b.key is not redis-mesh.key but that of another tunnel; give the node another name, or remove that tunnel",
            SelfA);
        Assert.Equal("other", _host.Read("spiped/redis-b.key"));
    }

    [Fact]
    public async Task Only_tunnels_whose_settings_have_changed_are_stopped_before_all_are_started()
    {
        await AssertRunsAsync(SelfA);
        _host.TakeSystemctl();

        await AssertRunsAsync(SelfA);
        Assert.Equal(
            [
                "disable --quiet --now spiped-send@redis-a spiped-receive@redis-b",
                "enable --quiet spiped-receive@redis-a spiped-send@redis-b",
                "start spiped-receive@redis-a spiped-send@redis-b",
            ],
            _host.TakeSystemctl());

        await AssertRunsAsync("--node", "a=192.0.2.10", "--node", "b=192.0.2.12", "--self", "a");
        Assert.Equal(
            [
                "disable --quiet --now spiped-send@redis-a spiped-receive@redis-b",
                "stop spiped-receive@redis-b spiped-send@redis-b",
                "enable --quiet spiped-receive@redis-a spiped-send@redis-b",
                "start spiped-receive@redis-a spiped-send@redis-b",
            ],
            _host.TakeSystemctl());
        Assert.Equal("SOURCE=[127.0.2.2]:6379\nTARGET=[192.0.2.12]:6379\nOPTIONS=-n 10000\n", _host.Read("spiped/redis-b.conf"));
    }

    [Fact]
    public async Task Tunnels_that_do_not_start_are_named_and_Redis_is_set_up_all_the_same()
    {
        _host.Program("systemctl", "case $* in start* | is-active*spiped-receive*) exit 1 ;; esac");

        ProcessOutcome outcome = await _host.RunAsync(SelfA);

        Assert.Equal(
            new ProcessOutcome(
                1, "",
                "redis-mesh: spiped-receive@redis-a does not run; see journalctl -u spiped-receive@redis-a\n"
                + "redis-mesh: where that says that an address is in use, Redis may still listen at all addresses: "
                + "systemctl restart redis-server, and run this again; otherwise see ss -ltnp\n"),
            outcome);
        Assert.Equal("bind 127.0.0.1\n\ninclude /etc/redis/redis-mesh.conf\n", RedisConf());
        Assert.Contains("bind 127.0.2.1\n", _host.Read("redis/redis-mesh.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Redis_itself_has_written_does_not_win_over_other_settings()
    {
        await AssertRunsAsync(SelfA);
        _host.Write("redis/redis.conf", _host.Read("redis/redis.conf") + "replica-announce-ip \"127.0.2.1\"\nreplica-announce-port 6379\nreplicaof 127.0.2.2 6379\n");

        await AssertRunsAsync([.. SelfA, "--port", "7000"]);

        Assert.Equal("bind 127.0.0.1\n\ninclude /etc/redis/redis-mesh.conf\nreplicaof 127.0.2.2 6379\n", RedisConf());
        Assert.Contains("replica-announce-port 7000\n", _host.Read("redis/redis-mesh.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_tells_who_has_to_take_the_new_address()
    {
        ProcessOutcome outcome = await _host.RunAsync(SelfA);

        Assert.Contains(
            "\n      from then on Redis listens at 127.0.2.1 alone: local clients, monitoring and backups need that address\n",
            outcome.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _host.Dispose();

    private string RedisConf()
    {
        string text = _host.Read("redis/redis.conf");
        int path = text.IndexOf("include ", StringComparison.Ordinal) + "include ".Length;
        return text.Remove(path, text.IndexOf("/etc/", path, StringComparison.Ordinal) - path);
    }

    private async Task AssertRunsAsync(params string[] arguments)
    {
        ProcessOutcome outcome = await _host.RunAsync(arguments);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
    }

    private async Task AssertRefusesAsync(string reason, params string[] arguments)
    {
        ProcessOutcome outcome = await _host.RunAsync(arguments);
        Assert.Equal(new ProcessOutcome(1, "", $"redis-mesh: {reason}\n"), outcome);
        Assert.Empty(_host.TakeSystemctl());
        Assert.False(_host.Has("redis/redis-mesh.conf"));
    }
}
