using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>What <c>spiped-net</c> was asked to do.</summary>
internal sealed record DaemonOptions
{
    /// <summary>The tunnel.</summary>
    public required TunnelOptions Tunnel { get; init; }

    /// <summary>The key file's path (<c>-k</c>); <c>-</c> for standard input.</summary>
    public required string KeyFile { get; init; }

    /// <summary>How to log in to the targets that are checked; null for not at all.</summary>
    public RedisLogin? RedisLogin { get; init; }

    /// <summary>Stay in the foreground (<c>-F</c>).</summary>
    public bool IsForeground { get; init; }

    /// <summary>Where to write the process id (<c>-p</c>, else SOURCE.pid for a daemon); null for nowhere.</summary>
    public string? PidFile { get; init; }

    /// <summary>Whom to become once the source is bound (<c>-u</c>); null to stay the same.</summary>
    public UserAndGroup? RunAs { get; init; }

    /// <summary>How long connections may go on after SIGTERM (<c>--drain-timeout</c>); infinite for as long as they do.</summary>
    public TimeSpan DrainTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Log to syslog instead of standard error.</summary>
    public bool IsSyslog { get; init; }

    /// <summary>The least severe messages to log (<c>--log-level</c>).</summary>
    public LogLevel LogLevel { get; init; }
}

/// <summary>The command line of <c>spiped-net</c>: spiped's and what helps beyond them.</summary>
internal sealed class DaemonCommandLine
{
    // spiped lets -R stand beside a -r of the default length (spiped 1.6.4, main.c), and so do we.
    private static readonly TimeSpan DefaultResolveInterval = TimeSpan.FromSeconds(60);

    private readonly Option<bool> _sender = OptionValues.Flag("-e");
    private readonly Option<bool> _receiver = OptionValues.Flag("-d");
    private readonly Option<TunnelAddress> _source = OptionValues.SourceAddress("-s");
    private readonly Option<bool> _waitForNames = OptionValues.Flag("-D");
    private readonly Option<bool> _foreground = OptionValues.Flag("-F");
    private readonly Option<int> _maxConnections = OptionValues.Limit("-n", 100);
    private readonly Option<bool> _earlyConnect = OptionValues.Flag("--early-connect");
    private readonly Option<int?> _maxStrangers = OptionValues.Count("--max-unauthenticated");
    private readonly Option<int?> _maxStrangersPerAddress = OptionValues.Count("--max-unauthenticated-per-address");
    private readonly Option<string> _pidFile = OptionValues.Path("-p");
    private readonly Option<TimeSpan> _resolveInterval = OptionValues.Seconds("-r", DefaultResolveInterval);
    private readonly Option<bool> _noResolving = OptionValues.Flag("-R");
    private readonly Option<TimeSpan> _idleTimeout = OptionValues.Seconds("--idle-timeout", System.Threading.Timeout.InfiniteTimeSpan);
    private readonly Option<bool> _syslog = OptionValues.Flag("--syslog");
    private readonly Option<TimeSpan> _drainTimeout = OptionValues.Seconds("--drain-timeout", Timeout.InfiniteTimeSpan);
    private readonly Option<UserAndGroup> _runAs = OptionValues.UserAndGroup("-u");
    private readonly Option<LogLevel> _logLevel = OptionValues.Level("--log-level", LogLevel.Information);
    private readonly TargetCheckArguments _targetCheck = new();
    private readonly PeerArguments _peers = new();
    private readonly OptionReader _reader;

    private DaemonCommandLine() => _reader = new OptionReader(mayHaveSeveralTargets: true, [
        _sender, _receiver, _source, _waitForNames, _foreground, _maxConnections, _pidFile, _resolveInterval, _noResolving,
        _earlyConnect, _maxStrangers, _maxStrangersPerAddress, _idleTimeout, _drainTimeout, _syslog, _runAs, _logLevel,
        .. _targetCheck.All, .. _peers.All]);

    /// <summary>Reads the arguments. Touches nothing but them.</summary>
    /// <param name="arguments">The arguments without the program's name.</param>
    /// <param name="options">What to do, when the result is true.</param>
    /// <param name="stop">What to print instead, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out DaemonOptions? options, [NotNullWhen(false)] out CommandLineStop? stop)
    {
        var line = new DaemonCommandLine();
        stop = line._reader.Read(arguments) ?? line.Check() ?? line._reader.CheckShared();
        options = stop is null ? line.ToOptions() : null;
        return options is not null;
    }

    /// <summary>Every way to write an option.</summary>
    internal static IEnumerable<string> OptionNames => new DaemonCommandLine()._reader.Names;

    private CommandLineStop? Check()
    {
        if (_reader.Has(_sender) && _reader.Has(_receiver))
            return OptionReader.Usage("-e and -d exclude each other");
        if (!_reader.Has(_sender) && !_reader.Has(_receiver))
            return OptionReader.Usage("one of -e and -d is missing");
        if (_reader.Has(_noResolving) && _reader.Value(_resolveInterval) != DefaultResolveInterval)
            return OptionReader.Usage("-r and -R exclude each other");
        // At the other end there is nobody to be told apart: who reaches its source is a client.
        if (_reader.Has(_sender) && ReceiverOnly.FirstOrDefault(_reader.Has) is { } option)
            return OptionReader.Usage($"{option.Name} needs -d");
        if (!_reader.Has(_source))
            return OptionReader.Usage("-s is missing");
        // The parent that a daemon leaves is the process that the socket is meant for.
        if (_reader.Value(_source)!.IsPassed && !_reader.Has(_foreground))
            return OptionReader.Usage("-s systemd: needs -F");
        if (_peers.Check(_reader, _reader.Value(_source)!) is { } withoutAddress)
            return withoutAddress;
        return IsKeyOverwritten() ? OptionReader.Usage("-p and -k name the same file") : _targetCheck.Check(_reader);
    }

    private Option[] ReceiverOnly => [_earlyConnect, _maxStrangers, _maxStrangersPerAddress, _peers.ProxyProtocol];

    // A device such as /dev/null is not overwritten.
    private bool IsKeyOverwritten() =>
        _reader.Has(_pidFile) && _reader.Has(_reader.KeyFile)
        && Path.GetFullPath(_reader.Value(_pidFile)!) is var path && path == Path.GetFullPath(_reader.Value(_reader.KeyFile)!)
        && !path.StartsWith("/dev/", StringComparison.Ordinal);

    private DaemonOptions ToOptions()
    {
        bool isForeground = _reader.Has(_foreground);
        TunnelOptions tunnel = _peers.AddTo(ToTunnelOptions(), _reader);
        return new DaemonOptions
        {
            Tunnel = tunnel,
            KeyFile = _reader.Value(_reader.KeyFile)!,
            RedisLogin = _targetCheck.ToLogin(_reader),
            IsForeground = isForeground,
            PidFile = _reader.Value(_pidFile) ?? (isForeground ? null : $"{tunnel.Source}.pid"),
            RunAs = _reader.Value(_runAs),
            DrainTimeout = _reader.Value(_drainTimeout),
            IsSyslog = _reader.Has(_syslog),
            LogLevel = _reader.Value(_logLevel),
        };
    }

    private TunnelOptions ToTunnelOptions() => new()
    {
        Role = _reader.Has(_sender) ? TunnelRole.Sender : TunnelRole.Receiver,
        Source = _reader.Value(_source)!,
        Targets = _reader.Value(_reader.Targets)!,
        TargetCheck = _targetCheck.ToOptions(_reader),
        Bind = _reader.Value(_reader.Bind),
        ForwardSecrecy = _reader.ForwardSecrecy,
        IsKeepAlive = !_reader.Has(_reader.NoKeepAlive),
        MaxConnections = _reader.Value(_maxConnections),
        MaxStrangers = _reader.Value(_maxStrangers),
        MaxStrangersPerAddress = _reader.Value(_maxStrangersPerAddress),
        IsConnectingEarly = _reader.Has(_earlyConnect),
        Timeout = _reader.Value(_reader.Timeout),
        IdleTimeout = _reader.Value(_idleTimeout) is var idle && idle == System.Threading.Timeout.InfiniteTimeSpan ? null : idle,
        ResolveInterval = _reader.Has(_noResolving) ? null : _reader.Value(_resolveInterval),
        IsWaitingForNames = _reader.Has(_waitForNames),
    };
}
