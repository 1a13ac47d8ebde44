using System.CommandLine;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.CommandLine;

/// <summary>The options of a daemon that checks its targets. One object reads one command line.</summary>
internal sealed class TargetCheckArguments
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Option<TargetCheckKind?> _kind = OptionValues.TargetCheck("--target-check");
    private readonly Option<TimeSpan> _interval = OptionValues.Seconds("--check-interval", Second);
    private readonly Option<TimeSpan> _timeout = OptionValues.Seconds("--check-timeout", Second);
    private readonly Option<TunnelAddress[]> _sentinels = OptionValues.Addresses("--sentinel", isRepeatable: true);
    private readonly Option<string> _masterName = OptionValues.Name("--master-name");
    private readonly Option<string> _sentinelUser = OptionValues.Name("--sentinel-user");
    private readonly Option<string> _sentinelPasswordFile = OptionValues.Path("--sentinel-password-file");
    private readonly Option<string> _user = OptionValues.Name("--redis-user");
    private readonly Option<string> _passwordFile = OptionValues.Path("--redis-password-file");

    /// <summary>All of them.</summary>
    public Option[] All =>
        [_kind, _interval, _timeout, _sentinels, _masterName, _sentinelUser, _sentinelPasswordFile, _user, _passwordFile];

    /// <summary>Which of them lacks another; null for none.</summary>
    public CommandLineStop? Check(OptionReader reader)
    {
        if (!reader.Has(_kind) && All.FirstOrDefault(reader.Has) is { } lonely)
            return OptionReader.Usage($"{lonely.Name} needs --target-check");
        if (reader.Has(_sentinels) != reader.Has(_masterName))
            return OptionReader.Usage("--sentinel and --master-name need each other");
        if (reader.Has(_sentinels) && reader.Value(_kind) != TargetCheckKind.RedisMaster)
            return OptionReader.Usage("--sentinel needs --target-check redis-master");
        if (reader.Has(_sentinelUser) && !reader.Has(_sentinelPasswordFile))
            return OptionReader.Usage("--sentinel-user needs --sentinel-password-file");
        if (reader.Has(_sentinelPasswordFile) && !reader.Has(_sentinels))
            return OptionReader.Usage("--sentinel-password-file needs --sentinel");
        if (reader.Has(_user) && !reader.Has(_passwordFile))
            return OptionReader.Usage("--redis-user needs --redis-password-file");
        return reader.Has(_passwordFile) && reader.Value(_kind) == TargetCheckKind.Tcp
            ? OptionReader.Usage("--redis-password-file needs --target-check redis or redis-master")
            : null;
    }

    /// <summary>What they say about the checks; null for none. The password is still in its file.</summary>
    public TargetCheckOptions? ToOptions(OptionReader reader) => reader.Value(_kind) is { } kind
        ? new TargetCheckOptions(kind)
        {
            Interval = reader.Value(_interval),
            Timeout = reader.Value(_timeout),
            Sentinels = reader.Value(_sentinels) ?? [],
            MasterName = reader.Value(_masterName) ?? "",
        }
        : null;

    /// <summary>Where the password is, and whose it is.</summary>
    public RedisLogin? ToLogin(OptionReader reader) => RedisLogin.Of(reader.Value(_user), reader.Value(_passwordFile));

    /// <summary>The same for the Sentinels, if they have one of their own.</summary>
    public RedisLogin? ToSentinelLogin(OptionReader reader) =>
        RedisLogin.Of(reader.Value(_sentinelUser), reader.Value(_sentinelPasswordFile));
}

/// <summary>How to log in to a Redis that is checked, or to a Sentinel.</summary>
/// <param name="User">The ACL user; null for the default one.</param>
/// <param name="PasswordFile">The file whose first line is the password.</param>
internal sealed record RedisLogin(string? User, string PasswordFile)
{
    /// <summary>None without a file.</summary>
    public static RedisLogin? Of(string? user, string? passwordFile) =>
        passwordFile is null ? null : new RedisLogin(user, passwordFile);

    /// <summary>The same, when the file's path is relative to a directory.</summary>
    public RedisLogin From(string directory) => this with { PasswordFile = Path.Combine(directory, PasswordFile) };
}
