namespace SpipedNet.CommandLine.Tests;

public sealed class RedisMeshCommandLineTests
{
    [Fact]
    public void The_order_of_the_nodes_gives_them_their_addresses()
    {
        RedisMeshOptions options = Parse("--node b=192.0.2.11 --node a=192.0.2.10");
        Assert.Equal(["b 127.0.2.1", "a 127.0.2.2"], options.Nodes.Select(node => $"{node.Name} {node.MeshAddress}"));
        Assert.Null(options.Self);
        Assert.Equal((RedisMeshKind.Plain, 6379, false), (options.Kind, options.Port, options.IsCheck));
    }

    [Fact]
    public void Every_option_is_taken()
    {
        RedisMeshOptions options = Parse("--node a=h --node b=i --self b --cluster --port 7000 --check");
        Assert.Equal("b", options.Self!.Name);
        Assert.Equal((RedisMeshKind.Cluster, 7000, true), (options.Kind, options.Port, options.IsCheck));
        Assert.Equal(RedisMeshKind.Sentinel, Parse("--node a=h --sentinel").Kind);
    }

    [Theory]
    [InlineData("--port 65535")]
    [InlineData("--port 55535 --cluster")]
    [InlineData("--port 45535 --sentinel")]
    public void A_port_is_as_high_as_those_that_are_counted_from_it_allow(string line) =>
        Assert.True(Parse($"--node a=h {line}").Port >= 45535);

    [Theory]
    [InlineData("192.0.2.10", "[192.0.2.10]", false)]
    [InlineData("[192.0.2.10]", "[192.0.2.10]", false)]
    [InlineData("2001:db8::1", "[2001:db8::1]", false)]
    [InlineData("[2001:db8::1]", "[2001:db8::1]", false)]
    [InlineData("db-1.example.com", "db-1.example.com", true)]
    public void An_address_is_a_literal_or_a_name(string written, string host, bool isHostName)
    {
        RedisMeshNode node = Assert.Single(Parse($"--node a={written}").Nodes);
        Assert.Equal((host, isHostName), (node.Host, node.IsHostName));
    }

    [Fact]
    public void There_are_addresses_for_254_nodes()
    {
        string[] nodes = [.. Enumerable.Range(1, 255).Select(number => $"--node n{number}=h{number}")];
        Assert.Equal("127.0.2.254", Parse(string.Join(' ', nodes[..254])).Nodes[^1].MeshAddress.ToString());
        AssertStops(string.Join(' ', nodes), StopReason.InvalidValue, "there are 255 nodes, and addresses for 254");
    }

    [Theory]
    [InlineData("a", "write NAME=ADDRESS")]
    [InlineData("a=", "the address is missing; write NAME=ADDRESS")]
    [InlineData("=h", "a node's name is of letters, digits and hyphens, at most 63, for it becomes a part of units' names")]
    [InlineData("a_b=h", "a node's name is of letters, digits and hyphens, at most 63, for it becomes a part of units' names")]
    [InlineData("mesh=h", "redis-mesh.key is the key of all nodes, so none is named mesh")]
    [InlineData("a=h:6379", "leave out the port: --port is that of all nodes")]
    [InlineData("a=[::2]:1", "leave out the port: --port is that of all nodes")]
    [InlineData("a=/h", "a UNIX socket is reached by its own host only")]
    [InlineData("a=127.0.2.1", "no other host reaches it there; write the address that they use")]
    [InlineData("a=::", "no other host reaches it there; write the address that they use")]
    [InlineData("a=h$(x)", "\"h$(x)\" is not a host name")]
    [InlineData("a=-h", "\"-h\" is not a host name")]
    [InlineData("a=192.0.2.256", "\"192.0.2.256\" is neither an IP address nor a host name")]
    [InlineData("a=192.0.2", "\"192.0.2\" is neither an IP address nor a host name")]
    [InlineData("a=h.7.", "\"h.7.\" is neither an IP address nor a host name")]
    [InlineData("a=[h]", "\"h\" is not an IP address; a host name goes without brackets")]
    public void A_node_that_is_none_is_explained(string node, string reason) =>
        AssertStops($"--node {node}", StopReason.InvalidValue, $"--node {node}: {reason}");

    [Theory]
    [InlineData("--self a", StopReason.UsageError, "--node is missing")]
    [InlineData("--node a=h --sentinel --cluster", StopReason.UsageError, "--sentinel and --cluster exclude each other")]
    [InlineData("--node a=h --self a --self a", StopReason.UsageError, "--self is given twice")]
    [InlineData("--node a=h -t h", StopReason.UsageError, "illegal option -- -t")]
    [InlineData("--node a=h --node a=i", StopReason.InvalidValue, "--node: the name a is given twice")]
    [InlineData("--node a=1.2.3.4 --node b=[1.2.3.4]", StopReason.InvalidValue, "--node: the address [1.2.3.4] is given twice")]
    [InlineData("--node a=h --node b=i --self c", StopReason.InvalidValue, "--self c: no node has this name; the nodes are a, b")]
    [InlineData("--node a=h --port 65536", StopReason.InvalidValue, "--port 65536: a port is a number from 1 to 65535")]
    [InlineData("--node a=h --port 0", StopReason.InvalidValue, "--port 0: a port is a number from 1 to 65535")]
    [InlineData("--node a=h --port 45536 --sentinel", StopReason.InvalidValue, "--port 45536: it is at most 45535 here, for another port is 20000 higher")]
    [InlineData("--node a=h --port 55536 --cluster", StopReason.InvalidValue, "--port 55536: it is at most 55535 here, for another port is 10000 higher")]
    [InlineData("-v", StopReason.ShowVersion, "")]
    [InlineData("--help", StopReason.ShowHelp, "")]
    public void What_is_not_run_is_explained(string line, StopReason reason, string message) => AssertStops(line, reason, message);

    private static void AssertStops(string line, StopReason reason, string message)
    {
        Assert.False(RedisMeshCommandLine.TryParse(line.Split(' '), out _, out CommandLineStop? stop));
        Assert.Equal(new CommandLineStop(reason, message), stop);
    }

    private static RedisMeshOptions Parse(string line)
    {
        Assert.True(RedisMeshCommandLine.TryParse(line.Split(' '), out RedisMeshOptions? options, out CommandLineStop? stop), stop?.Message);
        return options;
    }
}
