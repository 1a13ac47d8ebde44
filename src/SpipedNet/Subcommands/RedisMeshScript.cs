using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Subcommands;

/// <summary>The script that sets one host up. To run it again changes nothing that Redis or Sentinel has written since.</summary>
internal sealed class RedisMeshScript(RedisMeshOptions options)
{
    // What redis-mesh.conf says, as basic regular expression.
    private const string Announced = @"^\(replica\|cluster\)-announce-\(ip\|port\|bus-port\) ";

    private readonly RedisMeshTunnel[] _tunnels = [.. RedisMeshTunnel.Of(options)];

    /// <summary>
    /// The script, without a newline at its end. Redis's part comes before the tunnels: while a Redis listens at all addresses
    /// none of them starts, and it takes that part to end it.
    /// </summary>
    public string Text => string.Join("\n\n", ((string?[])[Head, KeyCheck, HostCheck, Redis, Sentinel, Tunnels, Start, Next]).OfType<string>());

    private RedisMeshNode? Self => options.Self;

    private IEnumerable<RedisMeshTunnel> Own => _tunnels.Where(tunnel => tunnel.Node == Self);

    private string Units => string.Join(' ', _tunnels.Select(tunnel => tunnel.Unit(Self)));

    private string Head => $$"""
        #!/bin/sh
        # By spiped-net redis-mesh, for {{(Self is null ? "a host that has clients only" : $"the host of {Self.Name}")}}. Run it as root.
        # On every host, Redis is reached at
        {{string.Join('\n', options.Nodes.Select(node => $"#   {node.MeshAddress}:{options.Port}  on {node.Name}, {node.Host}"))}}
        set -eu
        umask 077
        stop() { # MESSAGE
            echo "redis-mesh: $1" >&2
            exit 1
        }
        """;

    private string KeyCheck => $$"""
        [ "$(id -u)" = 0 ] || stop 'run this as root'
        [ -d /etc/spiped ] || stop '/etc/spiped is missing; is spiped-net installed here, with its units?'
        [ -s /etc/spiped/redis-mesh.key ] ||
            stop '/etc/spiped/redis-mesh.key is missing; copy it from another host, or make the first one: spiped-net keygen /etc/spiped/redis-mesh.key'
        for name in {{string.Join(' ', _tunnels.Select(tunnel => tunnel.Instance))}}; do
            [ ! -e "/etc/spiped/$name.key" ] || cmp -s "/etc/spiped/$name.key" /etc/spiped/redis-mesh.key ||
                stop "/etc/spiped/$name.key is not redis-mesh.key but that of another tunnel; give the node another name, or remove that tunnel"
        done
        """;

    // Of two nodes with one address both would lead to the same Redis, and a sender to its own host's receiver in a circle.
    private string HostCheck => $$"""
        is_here() { # HOST
            for address in $(getent ahosts "$1" | cut -d ' ' -f 1); do
                case $address in 127.* | ::1) return 0 ;; esac
                [ -z "$(ip -o address show to "$address" 2>/dev/null)" ] || return 0
            done
            return 1
        }
        {{(Self is null ? ClientCheck : SelfCheck(Self))}}
        """;

    private string ClientCheck => string.Join('\n', options.Nodes.Select(node =>
        $"! is_here {ShellWord.Quote(Bare(node))} || stop '{Bare(node)} is this host, so it is the node {node.Name}; give --self {node.Name}'"));

    // Debian's /etc/hosts gives a host's own name 127.0.1.1.
    private static string SelfCheck(RedisMeshNode self) => (self.IsHostName ? $"""
        if getent ahosts {self.Host} | grep -q '^127\.'; then
            stop 'here {self.Host} is an address that no other host reaches; see /etc/hosts, or give --node {self.Name}= its IP address'
        fi

        """ : "") + $"! command -v ip >/dev/null || is_here {ShellWord.Quote(Bare(self))} || stop '{Bare(self)} is no address of this host; is it {self.Name}, as --self says?'";

    private static string Bare(RedisMeshNode node) => node.Host.Trim('[', ']');

    // As many connections as Redis takes by itself (maxclients), which tells who is above its own limit.
    private string Tunnels => $$"""
        changed=
        tunnel() { # NAME SOURCE TARGET
            printf 'SOURCE=%s\nTARGET=%s\nOPTIONS=-n 10000\n' "$2" "$3" >"/etc/spiped/$1.conf.new"
            if cmp -s "/etc/spiped/$1.conf.new" "/etc/spiped/$1.conf"; then
                rm "/etc/spiped/$1.conf.new"
            else
                mv "/etc/spiped/$1.conf.new" "/etc/spiped/$1.conf"
                changed="$changed spiped-receive@$1 spiped-send@$1"
            fi
            ln -sf redis-mesh.key "/etc/spiped/$1.key"
        }
        {{string.Join('\n', _tunnels.Select(TunnelLine))}}
        """;

    // Stopped first, all of them: one may need the address that another had. The other end of each is not for this host,
    // and may be what an earlier run started here.
    private string Start => $$"""
        systemctl disable --quiet --now {{string.Join(' ', _tunnels.Select(tunnel => tunnel.OtherUnit(Self)))}}
        [ -z "$changed" ] || systemctl stop $changed
        systemctl enable --quiet {{Units}}
        if ! systemctl start {{Units}}; then
            for unit in {{Units}}; do
                systemctl is-active --quiet "$unit" || echo "redis-mesh: $unit does not run; see journalctl -u $unit" >&2
            done
            stop '{{InUse}}'
        fi
        """ + (Self is null ? "" : $"\n# The other hosts reach this one at {string.Join(" and ", Own.Select(tunnel => $"port {tunnel.Port}"))}; open them in its firewall.");

    private string InUse => Self is null
        ? "where that says that an address is in use, see ss -ltnp for what on this host listens there"
        : "where that says that an address is in use, Redis may still listen at all addresses: systemctl restart "
            + $"{Services}, and run this again; otherwise see ss -ltnp";

    private string Services => options.Kind == RedisMeshKind.Sentinel ? "redis-server redis-sentinel" : "redis-server";

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
        # Behind the include, where Redis itself writes them (CONFIG REWRITE), they would win over it.
        if grep -q '{Announced}' /etc/redis/redis.conf; then
            sed -i '/{Announced}/d' /etc/redis/redis.conf
        fi
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
              systemctl restart {Services}
              from then on Redis listens at {Self.MeshAddress} alone: local clients, monitoring and backups need that address
              when all hosts are done, this command with --check
        END
        """;
}
