using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace SpipedNet.CommandLine;

/// <summary>What <c>spiped-net</c> was asked to do.</summary>
internal sealed record DaemonOptions
{
    /// <summary>The one tunnel; null when a configuration has them.</summary>
    public TunnelDefinition? Tunnel { get; init; }

    /// <summary>The file, or the directory of files, that has the tunnels (<c>-c</c>); null when the command line has one.</summary>
    public string? Configuration { get; init; }

    /// <summary>Say what would run instead of running it (<c>--test</c>).</summary>
    public bool IsTest { get; init; }

    /// <summary>Stay in the foreground (<c>-F</c>).</summary>
    public bool IsForeground { get; init; }

    /// <summary>Where to write the process id (<c>-p</c>, else SOURCE.pid for a daemon); null for nowhere.</summary>
    public string? PidFile { get; init; }

    /// <summary>Whom to become once the sources are bound (<c>-u</c>); null to stay the same.</summary>
    public UserAndGroup? RunAs { get; init; }

    /// <summary>How long connections may go on after SIGTERM (<c>--drain-timeout</c>); infinite for as long as they do.</summary>
    public TimeSpan DrainTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Log to syslog instead of standard error.</summary>
    public bool IsSyslog { get; init; }

    /// <summary>The least severe messages to log (<c>--log-level</c>).</summary>
    public LogLevel LogLevel { get; init; }

    /// <summary>How others may see what it does.</summary>
    public ObserverOptions Observers { get; init; } = new();
}

/// <summary>
/// The command line of <c>spiped-net</c>: a tunnel's options, spiped's and what helps beyond them, or a configuration that
/// has them; and those of the process.
/// </summary>
internal sealed class DaemonCommandLine
{
    private readonly Option<string> _configuration = OptionValues.Path("-c");
    private readonly Option<bool> _test = OptionValues.Flag("--test");
    private readonly Option<bool> _foreground = OptionValues.Flag("-F");
    private readonly Option<string> _pidFile = OptionValues.Path("-p");
    private readonly Option<UserAndGroup> _runAs = OptionValues.UserAndGroup("-u");
    private readonly Option<TimeSpan> _drainTimeout = OptionValues.Seconds("--drain-timeout", Timeout.InfiniteTimeSpan);
    private readonly Option<bool> _syslog = OptionValues.Flag("--syslog");
    private readonly Option<LogLevel> _logLevel = OptionValues.Level("--log-level", LogLevel.Information);
    private readonly ObserverArguments _observers = new();
    private readonly TunnelArguments _tunnel = new();
    private readonly OptionReader _reader;

    private DaemonCommandLine() => _reader = new OptionReader(mayRepeat: true, [.. Process, .. _tunnel.All]);

    /// <summary>Reads the arguments. Touches nothing but them.</summary>
    /// <param name="arguments">The arguments without the program's name.</param>
    /// <param name="options">What to do, when the result is true.</param>
    /// <param name="stop">What to print instead, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out DaemonOptions? options, [NotNullWhen(false)] out CommandLineStop? stop)
    {
        var line = new DaemonCommandLine();
        stop = line._reader.Read(arguments) ?? (line._reader.Has(line._configuration) ? line.CheckConfigured() : line.CheckTunnel());
        options = stop is null ? line.ToOptions(arguments) : null;
        return options is not null;
    }

    /// <summary>Every way to write an option.</summary>
    internal static IEnumerable<string> OptionNames => new DaemonCommandLine()._reader.Names;

    /// <summary>The options that belong to the process, and so to no line of a configuration.</summary>
    internal static IEnumerable<string> ProcessOptionNames => new DaemonCommandLine().Process.Select(option => option.Name);

    private Option[] Process => [_configuration, _test, _foreground, _pidFile, _runAs, _drainTimeout, _syslog, _logLevel, .. _observers.All];

    private CommandLineStop? CheckConfigured()
    {
        if (_reader.TunnelOptions.Concat(_tunnel.All).FirstOrDefault(_reader.Has) is { } option)
            return OptionReader.Usage($"{option.Name} belongs to a tunnel: write it in the file that -c names");
        // Upstream's SOURCE.pid has no counterpart.
        return _reader.Has(_foreground) || _reader.Has(_pidFile) || _reader.Has(_test)
            ? null
            : OptionReader.Usage("-c needs -F, or -p for the daemon's process id");
    }

    private CommandLineStop? CheckTunnel()
    {
        if (_reader.Has(_test))
            return OptionReader.Usage("--test needs -c");
        if (_tunnel.Check(_reader) is { } stop)
            return stop;
        // The parent that a daemon leaves is the process that the socket is meant for.
        if (_tunnel.IsSourcePassed(_reader) && !_reader.Has(_foreground))
            return OptionReader.Usage("-s systemd: needs -F");
        return IsKeyOverwritten() ? OptionReader.Usage("-p and -k name the same file") : _reader.CheckShared();
    }

    // A device such as /dev/null is not overwritten.
    private bool IsKeyOverwritten() =>
        _reader.Has(_pidFile) && _reader.Has(_reader.KeyFiles)
        && Path.GetFullPath(_reader.Value(_pidFile)!) is var path
        && _reader.Value(_reader.KeyFiles)!.Any(key => path == Path.GetFullPath(key))
        && !path.StartsWith("/dev/", StringComparison.Ordinal);

    private DaemonOptions ToOptions(IReadOnlyList<string> arguments)
    {
        bool isForeground = _reader.Has(_foreground);
        TunnelDefinition? tunnel = _reader.Has(_configuration) ? null : ToTunnel(arguments);
        return new DaemonOptions
        {
            Tunnel = tunnel,
            Configuration = _reader.Value(_configuration),
            IsTest = _reader.Has(_test),
            IsForeground = isForeground,
            PidFile = _reader.Value(_pidFile) ?? (isForeground || tunnel is null ? null : $"{tunnel.Options.Source}.pid"),
            RunAs = _reader.Value(_runAs),
            DrainTimeout = _reader.Value(_drainTimeout),
            IsSyslog = _reader.Has(_syslog),
            LogLevel = _reader.Value(_logLevel),
            Observers = _observers.ToOptions(_reader),
        };
    }

    private TunnelDefinition ToTunnel(IReadOnlyList<string> arguments) => new()
    {
        Words = arguments,
        Options = _tunnel.ToOptions(_reader),
        KeyFiles = _reader.Value(_reader.KeyFiles)!,
        RedisLogin = _tunnel.ToLogin(_reader),
        SentinelLogin = _tunnel.ToSentinelLogin(_reader),
    };
}
