using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Access;
using SpipedNet.Tunnel.ProxyProtocol;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.CommandLine;

/// <summary>The kinds of options, each with its reading of a value and one line for a value that is none.</summary>
internal static class OptionValues
{
    // The longest interval of .NET's timers is 2^32 - 2 milliseconds, 49 days.
    private const double MaxSeconds = 4_000_000;

    /// <summary>An option without a value.</summary>
    public static Option<bool> Flag(string name, params string[] aliases) => new(name, aliases) { Arity = ArgumentArity.Zero };

    /// <summary>The path of a file.</summary>
    public static Option<string> Path(string name) => Parsed<string>(name, (text, fail) =>
        text.Length > 0 ? text : fail("it is empty; name a file"));

    /// <summary>The path of a file, or of several.</summary>
    public static Option<string[]> Paths(string name, bool isRepeatable) => Several<string>(name, isRepeatable, (text, fail) =>
        text.Length > 0 ? text : fail("it is empty; name a file"));

    /// <summary>A source address, or the socket that the process was started with.</summary>
    public static Option<TunnelAddress> SourceAddress(string name) => Parsed<TunnelAddress>(name, (text, fail) =>
        TunnelAddress.TryParseSource(text, out TunnelAddress? address, out string? error) ? address : fail(error));

    /// <summary>An address, one alone.</summary>
    public static Option<TunnelAddress> Address(string name) => Parsed<TunnelAddress>(name, (text, fail) =>
        TunnelAddress.TryParse(text, out TunnelAddress? address, out string? error) ? address : fail(error));

    /// <summary>A target address, or several of them.</summary>
    public static Option<TunnelAddress[]> Addresses(string name, bool isRepeatable) => Several<TunnelAddress>(
        name, isRepeatable, (text, fail) => TunnelAddress.TryParse(text, out TunnelAddress? address, out string? error) ? address : fail(error));

    /// <summary>Ranges of IP addresses.</summary>
    public static Option<AddressRange[]> Ranges(string name) => Several<AddressRange>(
        name, isRepeatable: true, (text, fail) => AddressRange.TryParse(text, out AddressRange? range, out string? error) ? range : fail(error));

    /// <summary>A version of the PROXY protocol; null when it is not given.</summary>
    public static Option<ProxyVersion?> ProxyProtocol(string name) => Parsed<ProxyVersion?>(name, (text, fail) => text switch
    {
        "v1" => ProxyVersion.V1,
        "v2" => ProxyVersion.V2,
        _ => fail("a version of the PROXY protocol is v1 or v2"),
    });

    /// <summary>The nodes of a mesh.</summary>
    public static Option<RedisMeshNode[]> Nodes(string name) => Several<RedisMeshNode>(
        name, isRepeatable: true, (text, fail) => RedisMeshNode.TryParse(text, out RedisMeshNode? node, out string? error) ? node : fail(error));

    /// <summary>A port.</summary>
    public static Option<int> Port(string name, int ifAbsent, int highest) => Parsed(name, ifAbsent, (text, fail) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port >= 1 && port <= highest
            ? port
            : fail($"a port is a number from 1 to {highest}"));

    /// <summary>A name, such as a user's.</summary>
    public static Option<string> Name(string name) => Parsed<string>(name, (text, fail) =>
        text.Length > 0 ? text : fail("it is empty"));

    /// <summary>What a target has to do; null when it is not given.</summary>
    public static Option<TargetCheckKind?> TargetCheck(string name) => Parsed<TargetCheckKind?>(name, (text, fail) => text switch
    {
        "tcp" => TargetCheckKind.Tcp,
        "redis" => TargetCheckKind.Redis,
        "redis-master" => TargetCheckKind.RedisMaster,
        _ => fail("a check is tcp, redis or redis-master"),
    });

    /// <summary>A local address, whose port may be left out.</summary>
    public static Option<TunnelAddress> BindAddress(string name) => Parsed<TunnelAddress>(name, (text, fail) =>
        !TunnelAddress.TryParseBind(text, out TunnelAddress? address, out string? error) ? fail(error)
        : address.UnixPath is null ? address
        : fail("connections come from an IP address; leave -b out for a UNIX socket"));

    /// <summary>A user, a group or both.</summary>
    public static Option<UserAndGroup> UserAndGroup(string name) => Parsed<UserAndGroup>(name, (text, fail) =>
        CommandLine.UserAndGroup.TryParse(text, out UserAndGroup? value, out string? error) ? value : fail(error));

    /// <summary>A count of connections, where 0 means no limit and becomes <see cref="int.MaxValue"/>.</summary>
    public static Option<int> Limit(string name, int ifAbsent) => Parsed(name, ifAbsent, (text, fail) =>
        ulong.TryParse(text, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out ulong count)
            ? count == 0 ? int.MaxValue : (int)Math.Min(count, int.MaxValue)
            : fail("it is not a whole number of connections (0 for no limit)"));

    /// <summary>A count of connections, 1 at least; null when it is not given.</summary>
    public static Option<int?> Count(string name) => Parsed<int?>(name, (text, fail) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : fail($"a number of connections is from 1 to {int.MaxValue}"));

    /// <summary>A time in seconds, fractions allowed, where 0 means the default, as in spiped.</summary>
    public static Option<TimeSpan> Seconds(string name, TimeSpan ifAbsent) => Parsed(name, ifAbsent, (text, fail) =>
    {
        // As strtod, and so spiped: white space may lead, but not trail.
        const NumberStyles style = NumberStyles.Float & ~NumberStyles.AllowTrailingWhite;
        if (!double.TryParse(text, style, CultureInfo.InvariantCulture, out double seconds))
            return fail("it is not a number of seconds");
        if (seconds is not (>= 0 and <= MaxSeconds))
            return fail($"a number of seconds is from 0 to {MaxSeconds}");
        return seconds == 0 ? ifAbsent : TimeSpan.FromSeconds(Math.Max(seconds, 0.001));
    });

    /// <summary>What becomes of connections whose key is removed.</summary>
    public static Option<Revocation> Revoke(string name) => Parsed(name, Revocation.Keep, (text, fail) => text switch
    {
        "close" => Revocation.Close,
        "keep" => Revocation.Keep,
        _ => fail("it is close or keep: what becomes of connections whose key is removed"),
    });

    /// <summary>A log level.</summary>
    public static Option<LogLevel> Level(string name, LogLevel ifAbsent) => Parsed(name, ifAbsent, (text, fail) => text switch
    {
        "debug" => LogLevel.Debug,
        "information" => LogLevel.Information,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => fail("a log level is debug, information, warning or error"),
    });

    private static Option<T> Parsed<T>(string name, T ifAbsent, Func<string, Func<string, T?>, T?> parse)
    {
        Option<T> option = Parsed(name, parse);
        option.DefaultValueFactory = _ => ifAbsent;
        return option;
    }

    private static Option<T> Parsed<T>(string name, Func<string, Func<string, T?>, T?> parse) => new(name)
    {
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = argument => Parse(name, argument, argument.Tokens[0], parse),
    };

    private static Option<T[]> Several<T>(string name, bool isRepeatable, Func<string, Func<string, T?>, T?> parse) => new(name)
    {
        Arity = isRepeatable ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
        CustomParser = argument => [.. argument.Tokens.Select(token => Parse(name, argument, token, parse)).OfType<T>()],
    };

    private static T? Parse<T>(string name, ArgumentResult argument, Token token, Func<string, Func<string, T?>, T?> parse)
    {
        string text = Getopt.ValueOf(token.Value);
        return parse(text, reason =>
        {
            string doubt = IsOption(text) ? $"; or is the value of {name} missing?" : "";
            argument.AddError($"{name} {text}: {reason}{doubt}");
            return default;
        });
    }

    // No negative number.
    private static bool IsOption(string text) => text.Length > 1 && text[0] == '-' && (text[1] == '-' || char.IsAsciiLetter(text[1]));
}
