namespace SpipedNet.CommandLine;

/// <summary>What the subcommands of <c>spiped-net</c> say about themselves.</summary>
internal static class SubcommandText
{
    /// <summary><c>spiped-net keygen</c>.</summary>
    public static ProgramText Keygen { get; } = new("spiped-net", KeygenUsage, KeygenHelp);

    /// <summary><c>spiped-net fingerprint</c>.</summary>
    public static ProgramText Fingerprint { get; } = new("spiped-net", FingerprintUsage, FingerprintHelp);

    /// <summary><c>spiped-net check</c>.</summary>
    public static ProgramText Check { get; } = new("spiped-net", CheckUsage, CheckHelp);

    /// <summary><c>spiped-net redis-mesh</c>.</summary>
    public static ProgramText RedisMesh { get; } = new("spiped-net", RedisMeshUsage, RedisMeshHelp);

    /// <summary><c>spiped-net status</c>.</summary>
    public static ProgramText Status { get; } = new("spiped-net", StatusUsage, StatusHelp);

    /// <summary><c>spiped-net reload</c>.</summary>
    public static ProgramText Reload { get; } = new("spiped-net", ReloadUsage, ReloadHelp);

    private const string KeygenUsage = "usage: spiped-net keygen FILE";

    private const string KeygenHelp = $"""
        spiped-net keygen makes a key for a tunnel: a new file of 32 bytes from the system's
        generator, which only its owner can read. It never overwrites a file.

        {KeygenUsage}

        It prints the key's fingerprint, and the commands that carry the key to the other host and
        show the fingerprint there. Who gets the file can use and read the tunnel: carry it over by
        a way that you trust, such as scp, never over the connection that it shall protect.

          -v, --version   print the version
          -h, --help      print this page
        """;

    private const string FingerprintUsage = "usage: spiped-net fingerprint FILE";

    private const string FingerprintHelp = $"""
        spiped-net fingerprint prints 8 digits that name a key without revealing it, as the daemon's
        log has them at its start. Where they are the same on two hosts, so is the key.

        {FingerprintUsage}

          FILE            the key file; - reads standard input
          -v, --version   print the version
          -h, --help      print this page
        """;

    private const string CheckUsage = """
        usage: spiped-net check -t TARGET -k KEYFILE [--redis] [-b BIND] [-f | -g] [-j]
                   [-o TIMEOUT]
        """;

    private const string CheckHelp = $"""
        spiped-net check tries one connection to a spiped-net -d (or spiped -d), as an application's
        through the tunnel would be. It prints each step with its time, and, when one fails, a line
        that says why and what to do. The exit status is 0 when all is well, otherwise 1: a health
        command for a container or a service registry.

        {CheckUsage}

        Example: is the Redis behind db.example.com there?
            spiped-net check -t db.example.com:8025 -k redis.key --redis

          -t TARGET       the encrypted side, where spiped-net -d listens: /path/of/unix/socket,
                          host.name:port, [1.2.3.4]:port or [ipv6::address]:port
          -k KEYFILE      the key, any file that both ends have; - reads standard input
          --redis         send a PING through the tunnel, and wait for the answer. Without it, what
                          is behind the other end is only connected to
          -b BIND         connect from this local address; its port may be left out
          -o TIMEOUT      seconds for connecting, for the handshake and for the answer, each (5)
          -j              no TCP keepalive
          -f              no forward secrecy, as with an end that runs with -f
          -g              require forward secrecy: refuse a peer that runs with -f
          -v, --version   print the version
          -h, --help      print this page
        """;

    private const string StatusUsage = "usage: spiped-net status [NAME]... [--watch] [--brief | --json] [--socket PATH]";

    private const string StatusHelp = $"""
        spiped-net status shows the tunnels that run on this host: where they lead, their keys'
        fingerprints, their connections, and what they have carried. It asks their processes, which
        only root and a process's own user may; the exit status is 1 when one cannot be asked, when
        none runs, or none is called NAME.

        {StatusUsage}

        NAME is a tunnel's name, its systemd unit's (spiped-send@redis), its source or its process id.

          --watch         show it again every second, with bytes per second
          --brief         a line for each tunnel
          --json          print one JSON object; spiped-net(1) describes it
          --socket PATH   ask at this control socket alone
          -v, --version   print the version
          -h, --help      print this page
        """;

    private const string ReloadUsage = "usage: spiped-net reload [NAME] [--socket PATH]";

    private const string ReloadHelp = $"""
        spiped-net reload has a process read its configuration and keys again, as SIGHUP does, and
        waits until that is done. The exit status is 0 when it runs what it has read, and 1, after a
        line that says why, when nothing was changed.

        {ReloadUsage}

        NAME is the name of one of its tunnels, its systemd unit's, a source or its process id; it may
        be left out where one process runs. Only root and the process's own user may.

          --socket PATH   the process of this control socket
          -v, --version   print the version
          -h, --help      print this page
        """;

    private const string RedisMeshUsage = """
        usage: spiped-net redis-mesh --node NAME=ADDRESS [--node NAME=ADDRESS]... [--self NAME]
                   [--sentinel | --cluster] [--port PORT] [--check]
        """;

    private const string RedisMeshHelp = $"""
        spiped-net redis-mesh prints the script that sets a host up for a group of Redis that replicate
        through tunnels, with Sentinels or as a Redis Cluster. Read it, and run it as root:

            spiped-net redis-mesh --node a=192.0.2.10 --node b=192.0.2.11 --self a | sh

        {RedisMeshUsage}

        The nodes have the addresses 127.0.2.1, 127.0.2.2 and so on, in their order, which is the same
        on every host. On the node itself Redis listens there, on every other host the tunnel to it. So
        what Redis and Sentinel tell of addresses is true everywhere. The key of all tunnels is
        /etc/spiped/redis-mesh.key; make it on one host (spiped-net keygen), and copy it to the others.

          --node NAME=ADDRESS
                          a host with a Redis, where the others reach it: 192.0.2.10, 2001:db8::1 or
                          host.name; at most 254
          --self NAME     the node that this host is; without it, a host with clients alone
          --sentinel      a Sentinel on each node, too (port 26379)
          --cluster       the nodes are a Redis Cluster
          --port PORT     the port of Redis on all nodes (6379); Sentinel's is 20000 higher, that of
                          the cluster's bus 10000
          --check         instead of printing, dial every node from here, through the tunnels: one line
                          each. The exit status is 0 when each node answers, and nobody in
                          its place, otherwise 1
          -v, --version   print the version
          -h, --help      print this page
        """;
}
