using System.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>The options of one tunnel, besides those that spipe has, too. One object reads one command line.</summary>
internal sealed class TunnelArguments
{
    // spiped lets -R stand beside a -r of the default length (spiped 1.6.4, main.c), and so do we.
    private static readonly TimeSpan DefaultResolveInterval = TimeSpan.FromSeconds(60);

    private readonly Option<bool> _sender = OptionValues.Flag("-e");
    private readonly Option<bool> _receiver = OptionValues.Flag("-d");
    private readonly Option<TunnelAddress> _source = OptionValues.SourceAddress("-s");
    private readonly Option<bool> _waitForNames = OptionValues.Flag("-D");
    private readonly Option<int> _maxConnections = OptionValues.Limit("-n", 100);
    private readonly Option<bool> _earlyConnect = OptionValues.Flag("--early-connect");
    private readonly Option<int?> _maxStrangers = OptionValues.Count("--max-unauthenticated");
    private readonly Option<int?> _maxStrangersPerAddress = OptionValues.Count("--max-unauthenticated-per-address");
    private readonly Option<TimeSpan> _resolveInterval = OptionValues.Seconds("-r", DefaultResolveInterval);
    private readonly Option<bool> _noResolving = OptionValues.Flag("-R");
    private readonly Option<TimeSpan> _idleTimeout = OptionValues.Seconds("--idle-timeout", Timeout.InfiniteTimeSpan);
    private readonly Option<Revocation> _revoke = OptionValues.Revoke("--revoke");
    private readonly TargetCheckArguments _targetCheck = new();
    private readonly PeerArguments _peers = new();

    /// <summary>All of them.</summary>
    public Option[] All =>
    [
        _sender, _receiver, _source, _waitForNames, _maxConnections, _resolveInterval, _noResolving, _earlyConnect, _maxStrangers,
        _maxStrangersPerAddress, _idleTimeout, _revoke, .. _targetCheck.All, .. _peers.All,
    ];

    /// <summary>Which of them is missing or excludes another; null for none.</summary>
    public CommandLineStop? Check(OptionReader reader)
    {
        if (reader.Has(_sender) && reader.Has(_receiver))
            return OptionReader.Usage("-e and -d exclude each other");
        if (!reader.Has(_sender) && !reader.Has(_receiver))
            return OptionReader.Usage("one of -e and -d is missing");
        if (reader.Has(_noResolving) && reader.Value(_resolveInterval) != DefaultResolveInterval)
            return OptionReader.Usage("-r and -R exclude each other");
        // At the other end there is nobody to be told apart: who reaches its source is a client.
        if (reader.Has(_sender) && ReceiverOnly.FirstOrDefault(reader.Has) is { } option)
            return OptionReader.Usage($"{option.Name} needs -d");
        if (reader.Has(_sender) && reader.Value(reader.KeyFiles)?.Length > 1)
            return OptionReader.Usage("-k is given twice, and -e has one key");
        if (reader.Value(reader.KeyFiles)?.Length > 1 && reader.Value(reader.KeyFiles)!.Contains(KeyFile.StandardInput))
            return OptionReader.Usage("-k - is one key, and has no name to tell it from others");
        if (!reader.Has(_source))
            return OptionReader.Usage("-s is missing");
        if (reader.Value(reader.Targets)?.FirstOrDefault(target => target.LeadsTo(reader.Value(_source)!)) is { } loop)
            return new CommandLineStop(StopReason.InvalidValue, $"the target {loop} is the source itself, so each connection would come back without end; name another target (-t)");
        return _peers.Check(reader, reader.Value(_source)!) ?? _targetCheck.Check(reader);
    }

    /// <summary>Whether the source is a socket that the process is started with.</summary>
    public bool IsSourcePassed(OptionReader reader) => reader.Value(_source)?.IsPassed == true;

    /// <summary>What they say about the tunnel.</summary>
    public TunnelOptions ToOptions(OptionReader reader) => _peers.AddTo(ToOwnOptions(reader), reader);

    private TunnelOptions ToOwnOptions(OptionReader reader) => new()
    {
        Role = reader.Has(_sender) ? TunnelRole.Sender : TunnelRole.Receiver,
        Source = reader.Value(_source)!,
        Targets = reader.Value(reader.Targets)!,
        TargetCheck = _targetCheck.ToOptions(reader),
        Bind = reader.Value(reader.Bind),
        ForwardSecrecy = reader.ForwardSecrecy,
        IsKeepAlive = !reader.Has(reader.NoKeepAlive),
        MaxConnections = reader.Value(_maxConnections),
        MaxStrangers = reader.Value(_maxStrangers),
        MaxStrangersPerAddress = reader.Value(_maxStrangersPerAddress),
        IsConnectingEarly = reader.Has(_earlyConnect),
        Timeout = reader.Value(reader.Timeout),
        IdleTimeout = reader.Value(_idleTimeout) is var idle && idle == Timeout.InfiniteTimeSpan ? null : idle,
        Revocation = reader.Value(_revoke),
        ResolveInterval = reader.Has(_noResolving) ? null : reader.Value(_resolveInterval),
        IsWaitingForNames = reader.Has(_waitForNames),
    };

    /// <summary>Where the password for the checks is, and whose it is.</summary>
    public RedisLogin? ToLogin(OptionReader reader) => _targetCheck.ToLogin(reader);

    /// <inheritdoc cref="TargetCheckArguments.ToSentinelLogin"/>
    public RedisLogin? ToSentinelLogin(OptionReader reader) => _targetCheck.ToSentinelLogin(reader);

    private Option[] ReceiverOnly => [_earlyConnect, _maxStrangers, _maxStrangersPerAddress, _revoke, _peers.ProxyProtocol];
}
