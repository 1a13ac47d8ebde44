using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Subcommands;

/// <summary>The script that sets one host up. To run it again changes nothing that Redis or Sentinel has written since.</summary>
internal sealed class RedisMeshScript(RedisMeshOptions options)
{
    private readonly RedisMeshTunnel[] _tunnels = [.. RedisMeshTunnel.Of(options)];

    /// <summary>The script, without a newline at its end.</summary>
    public string Text => string.Join("\n\n", ((string?[])[Head, NameCheck, Tunnels, Redis, Sentinel, Next]).OfType<string>());

    private RedisMeshNode? Self => options.Self;

    private IEnumerable<RedisMeshTunnel> Own => _tunnels.Where(tunnel => tunnel.Node == Self);

    private string Head => $"""
        #!/bin/sh
        # By spiped-net redis-mesh, for {(Self is null ? "a host that has clients only" : $"the host of {Self.Name}")}. Run it as root.
        # On every host, Redis is reached at
        {string.Join('\n', options.Nodes.Select(node => $"#   {node.MeshAddress}:{options.Port}  on {node.Name}, {node.Host}"))}
        set -eu
        umask 077
        if ! [ -s /etc/spiped/redis-mesh.key ]; then
            echo 'redis-mesh: /etc/spiped/redis-mesh.key is missing; copy it from another host, or make the first one: spiped-net keygen /etc/spiped/redis-mesh.key' >&2
            exit 1
        fi
        """;

    // Debian's /etc/hosts gives a host's own name 127.0.1.1.
    private string? NameCheck => Self is not { IsHostName: true } ? null : $"""
        if getent ahosts {Self.Host} | grep -q '^127\.'; then
            echo 'redis-mesh: here {Self.Host} is an address that no other host reaches; see /etc/hosts, or give --node {Self.Name}= its IP address' >&2
            exit 1
        fi
        """;

    // Redis has a limit of connections of its own, and tells who is above it.
    private string Tunnels => $$"""
        tunnel() { # NAME SOURCE TARGET
            printf 'SOURCE=%s\nTARGET=%s\nOPTIONS=-n 0\n' "$2" "$3" >"/etc/spiped/$1.conf"
            ln -sf redis-mesh.key "/etc/spiped/$1.key"
        }
        {{string.Join('\n', _tunnels.Select(TunnelLine))}}
        systemctl enable --quiet --now {{string.Join(' ', _tunnels.Select(tunnel => tunnel.Unit(Self)))}}
        """ + (Self is null ? "" : $"\n# The other hosts reach this one at {string.Join(" and ", Own.Select(tunnel => $"port {tunnel.Port}"))}; open them in its firewall.");

    private string TunnelLine(RedisMeshTunnel tunnel)
    {
        string remote = ShellWord.Quote(tunnel.Remote);
        string mesh = ShellWord.Quote($"[{tunnel.Mesh.Address}]:{tunnel.Port}");
        return tunnel.Node == Self
            ? $"tunnel {tunnel.Instance} {remote} {mesh}"
            : $"tunnel {tunnel.Instance} {mesh} {remote}";
    }

    // A file of its own: redis.conf keeps what Redis writes there itself, such as replicaof.
    private string? Redis => Self is null ? null : $"""
        cat >/etc/redis/redis-mesh.conf <<'END'
        # By spiped-net redis-mesh: where this Redis listens, and what it tells others of that.
        bind {Self.MeshAddress}
        port {options.Port}
        protected-mode yes
        tcp-keepalive 300
        {(options.Kind == RedisMeshKind.Cluster ? ClusterLines(Self) : ReplicaLines(Self))}
        END
        chmod 644 /etc/redis/redis-mesh.conf
        if ! grep -qx 'include /etc/redis/redis-mesh.conf' /etc/redis/redis.conf; then
            printf '\ninclude /etc/redis/redis-mesh.conf\n' >>/etc/redis/redis.conf
        fi
        """;

    private string ReplicaLines(RedisMeshNode self) => $"""
        replica-announce-ip {self.MeshAddress}
        replica-announce-port {options.Port}
        """;

    private string ClusterLines(RedisMeshNode self) => $"""
        cluster-enabled yes
        cluster-announce-ip {self.MeshAddress}
        cluster-announce-port {options.Port}
        cluster-announce-bus-port {options.Port + 10000}
        """;

    // Sentinel writes its whole file anew, and its state into it: nothing is included, and nothing is changed twice.
    private string? Sentinel => Self is null || options.Kind != RedisMeshKind.Sentinel ? null : $"""
        if ! grep -q 'spiped-net redis-mesh' /etc/redis/sentinel.conf; then
            sed -i.before-mesh '/^bind \|^port \|^sentinel \(monitor\|announce\|[a-z-]* mymaster\)/d' /etc/redis/sentinel.conf
            cat >>/etc/redis/sentinel.conf <<'END'

        # By spiped-net redis-mesh, once; from here on it is Sentinel's.
        bind {Self.MeshAddress}
        port {options.Port + 20000}
        sentinel monitor mymaster {options.Nodes[0].MeshAddress} {options.Port} {options.Nodes.Count / 2 + 1}
        sentinel announce-ip {Self.MeshAddress}
        sentinel announce-port {options.Port + 20000}
        END
        fi
        """;

    private string? Next => Self is null ? null : $"""
        cat <<'END'
        Next: in /etc/redis/redis.conf, the same requirepass and masterauth on all nodes{(options.Kind == RedisMeshKind.Sentinel ? ",\n      in /etc/redis/sentinel.conf that password: sentinel auth-pass mymaster PASSWORD" : "")}
              systemctl restart redis-server{(options.Kind == RedisMeshKind.Sentinel ? " redis-sentinel" : "")}
              when all hosts are done, this command with --check
        END
        """;
}
