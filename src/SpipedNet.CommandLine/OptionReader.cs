using System.CommandLine;

namespace SpipedNet.CommandLine;

/// <summary>
/// The options that spiped and spipe share, and the reading of a command line up to where the two differ. One object
/// reads one command line.
/// </summary>
internal sealed class OptionReader
{
    public readonly Option<Tunnel.TunnelAddress[]> Targets;
    public readonly Option<string[]> KeyFiles;
    public readonly Option<Tunnel.TunnelAddress> Bind = OptionValues.BindAddress("-b");
    public readonly Option<bool> NoForwardSecrecy = OptionValues.Flag("-f");
    public readonly Option<bool> RequireForwardSecrecy = OptionValues.Flag("-g");
    public readonly Option<bool> NoKeepAlive = OptionValues.Flag("-j");
    public readonly Option<TimeSpan> Timeout = OptionValues.Seconds("-o", TimeSpan.FromSeconds(5));

    private readonly OptionSet _set;

    /// <param name="mayRepeat">Whether <c>-t</c> and <c>-k</c> may be repeated.</param>
    /// <param name="more">The options that only the one program has.</param>
    public OptionReader(bool mayRepeat, params Option[] more)
    {
        Targets = OptionValues.Addresses("-t", mayRepeat);
        KeyFiles = OptionValues.Paths("-k", mayRepeat);
        _set = new OptionSet([.. TunnelOptions, .. more]);
    }

    /// <summary>Those that every connection has.</summary>
    public Option[] TunnelOptions => [Targets, KeyFiles, Bind, NoForwardSecrecy, RequireForwardSecrecy, NoKeepAlive, Timeout];

    /// <inheritdoc cref="OptionSet.Names"/>
    public IEnumerable<string> Names => _set.Names;

    /// <inheritdoc cref="OptionSet.Read"/>
    public CommandLineStop? Read(IReadOnlyList<string> arguments) => _set.Read(arguments);

    /// <inheritdoc cref="OptionSet.Has"/>
    public bool Has(Option option) => _set.Has(option);

    /// <inheritdoc cref="OptionSet.HasValue"/>
    public bool HasValue(string word) => _set.HasValue(word);

    /// <inheritdoc cref="OptionSet.Value"/>
    public T? Value<T>(Option<T> option) => _set.Value(option);

    /// <summary>Which of the options that both programs need are missing or exclude each other; null for none.</summary>
    public CommandLineStop? CheckShared()
    {
        if (Has(NoForwardSecrecy) && Has(RequireForwardSecrecy))
            return Usage("-f and -g exclude each other");
        if (!Has(KeyFiles))
            return Usage("-k is missing");
        return Has(Targets) ? CheckTargets(Value(Targets)!) : Usage("-t is missing");
    }

    private CommandLineStop? CheckTargets(Tunnel.TunnelAddress[] targets)
    {
        if (targets.GroupBy(target => target.Text).FirstOrDefault(same => same.Count() > 1) is { Key: var repeated })
            return Usage($"-t {repeated} is given twice");
        System.Net.IPAddress? from = Value(Bind)?.IPAddress;
        return from is not null && Array.Find(targets, target => !IsOfFamily(target, from.AddressFamily)) is { } foreign
            ? Usage($"nothing connects from -b {Value(Bind)} to -t {foreign}: they are of different kinds")
            : null;
    }

    // What a name stands for is known later.
    private static bool IsOfFamily(Tunnel.TunnelAddress address, System.Net.Sockets.AddressFamily family) =>
        address.HostName is not null || address.IPAddress?.AddressFamily == family;

    /// <summary>What the shared options say about a connection to the one target.</summary>
    public Tunnel.SenderPipeOptions ToSenderPipeOptions() => new()
    {
        Target = Value(Targets)![0],
        Bind = Value(Bind),
        ForwardSecrecy = ForwardSecrecy,
        IsKeepAlive = !Has(NoKeepAlive),
        Timeout = Value(Timeout),
    };

    /// <summary>What <c>-f</c> and <c>-g</c> say.</summary>
    public Protocol.ForwardSecrecy ForwardSecrecy =>
        Has(NoForwardSecrecy) ? Protocol.ForwardSecrecy.Disabled
        : Has(RequireForwardSecrecy) ? Protocol.ForwardSecrecy.Required
        : Protocol.ForwardSecrecy.Preferred;

    public static CommandLineStop Usage(string message) => new(StopReason.UsageError, message);
}
