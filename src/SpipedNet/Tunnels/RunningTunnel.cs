using Microsoft.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Tunnels;

/// <summary>A tunnel of this process, and what it was made from. Owns the keys and the passwords.</summary>
internal sealed class RunningTunnel : IDisposable
{
    private readonly TunnelKeys _keys;
    private readonly RedisCredential? _credential;
    private readonly RedisCredential? _sentinelCredential;
    private readonly CancellationTokenSource _end = new();

    /// <param name="definition">What it does.</param>
    /// <param name="files">Its keys and its passwords, which become its own.</param>
    /// <param name="loops">Where its connections live.</param>
    /// <param name="logger">Hears of it.</param>
    public RunningTunnel(TunnelDefinition definition, TunnelFiles files, EventLoopGroup loops, ILogger logger)
    {
        (Definition, Logger) = (definition, logger);
        _keys = new TunnelKeys(files.Keys);
        (_credential, _sentinelCredential) = (files.Credential, files.SentinelCredential);
        TunnelOptions options = definition.Options with
        {
            TargetCheck = definition.Options.TargetCheck is { } check
                ? check with { Credential = _credential, SentinelCredential = _sentinelCredential }
                : null,
        };
        Tunnel = new Tunnel.Tunnel(options, _keys, loops, logger) { Name = definition.Name };
    }

    public TunnelDefinition Definition { get; }

    public ILogger Logger { get; }

    public Tunnel.Tunnel Tunnel { get; }

    /// <summary>Who has its place since it drains; null for nobody.</summary>
    public RunningTunnel? Successor { get; set; }

    /// <summary>Whether its start, which nobody waited for (<c>-D</c>), has failed.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Cancelled when it is no longer wanted.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Whether it goes on with another definition and what was read for it, new keys apart.</summary>
    public bool CanBecome(TunnelDefinition definition, TunnelFiles files) =>
        Definition.IsSame(definition)
        && !Tunnel.IsToBindAnew
        && RedisCredential.AreSame(_credential, files.Credential)
        && RedisCredential.AreSame(_sentinelCredential, files.SentinelCredential);

    /// <summary>How many of its keys are among some that were read since.</summary>
    public int CountSharedKeys(TunnelFiles files) => _keys.CountShared(files.Keys);

    /// <summary>Goes on with what was read since, whose passwords are the same; the keys become its own.</summary>
    public void Take(TunnelFiles files)
    {
        files.Credential?.Dispose();
        files.SentinelCredential?.Dispose();
        Tunnel.ReplaceKeys(files.Keys);
    }

    /// <summary>The tunnel in words.</summary>
    public string Description
    {
        get
        {
            string mode = Definition.Options.Role == TunnelRole.Sender ? "encrypting" : "decrypting";
            string allowed = Definition.Options.Allow is [] and var any ? "" : $", for {string.Join(", ", Definition.Options.Allow)} only";
            string header = Definition.Options.ProxyProtocol is { } version ? $", PROXY protocol {version.ToString().ToLowerInvariant()}" : "";
            return $"{mode}: {Definition.Options.Source} to {string.Join(", ", Definition.Options.Targets)}, {Describe(_keys.Clients)}{allowed}{header}";
        }
    }

    /// <summary>Accepts nothing more; completes with the last connection's end.</summary>
    public Task DrainAsync()
    {
        _end.Cancel();
        return Tunnel.DrainAsync();
    }

    /// <summary>Resets what is open.</summary>
    public void Dispose()
    {
        _end.Cancel();
        Tunnel.Dispose();
        _keys.Dispose();
        _credential?.Dispose();
        _sentinelCredential?.Dispose();
    }

    // One key by its fingerprint, several by their number.
    private static string Describe(IReadOnlyList<ClientKey> keys) => keys switch
    {
        [{ Name: null } key] => $"key {key.Fingerprint}",
        [var key] => $"key {key.Name} {key.Fingerprint}",
        _ => $"{keys.Count} keys",
    };
}
