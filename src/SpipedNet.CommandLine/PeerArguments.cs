using System.CommandLine;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Access;
using SpipedNet.Tunnel.ProxyProtocol;

namespace SpipedNet.CommandLine;

/// <summary>The options of a daemon that tell who may connect, and that tell the target who has.</summary>
internal sealed class PeerArguments
{
    private readonly Option<AddressRange[]> _allow = OptionValues.Ranges("--allow");

    /// <summary>Only a receiver has it: the other end's target is a receiver, and takes nothing before the handshake.</summary>
    public Option<ProxyVersion?> ProxyProtocol { get; } = OptionValues.ProxyProtocol("--proxy-protocol");

    /// <summary>All of them.</summary>
    public Option[] All => [_allow, ProxyProtocol];

    /// <summary>Whether they do not go with the source; null for no.</summary>
    public CommandLineStop? Check(OptionReader reader, TunnelAddress source) =>
        reader.Has(_allow) && source.UnixPath is not null
            ? OptionReader.Usage("--allow needs an IP address at -s: the clients of a UNIX socket have none; its directory's mode says who may")
            : null;

    /// <summary>Adds what they say to a tunnel's options.</summary>
    public TunnelOptions AddTo(TunnelOptions options, OptionReader reader) => options with
    {
        Allow = reader.Value(_allow) ?? [],
        ProxyProtocol = reader.Value(ProxyProtocol),
    };
}
