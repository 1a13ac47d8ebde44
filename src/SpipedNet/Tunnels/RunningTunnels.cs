using Microsoft.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.Logging;
using SpipedNet.Status;
using SpipedNet.Tunnel;

namespace SpipedNet.Tunnels;

/// <summary>
/// The tunnels of this process: bound, started, exchanged for others while they run, drained. What may fail of an exchange
/// comes before the first step that anybody sees.
/// </summary>
internal sealed class RunningTunnels(EventLoopGroup loops, DaemonLogs logs) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FormerTunnels _former = new();
    private List<RunningTunnel> _tunnels = [];
    private volatile ReloadStatus? _lastReload;

    /// <summary>Those that accept connections or will.</summary>
    public IReadOnlyList<RunningTunnel> Current
    {
        get
        {
            lock (_lock)
                return _tunnels;
        }
    }

    /// <summary>How many connections are open, those of tunnels that drain included.</summary>
    public int OpenConnections
    {
        get
        {
            lock (_lock)
                return All.Sum(tunnel => tunnel.Tunnel.OpenConnections);
        }
    }

    /// <summary>What they are and have done by now.</summary>
    public IReadOnlyList<TunnelStatus> GetStatus()
    {
        lock (_lock)
            return _former.Complete(_tunnels);
    }

    /// <summary>How the last reload went; null before the first.</summary>
    public ReloadStatus? LastReload
    {
        get => _lastReload;
        set => _lastReload = value;
    }

    /// <summary>What this process serves, for a line: the one tunnel's source, or how many there are.</summary>
    public string Subject => Current switch
    {
        [{ Definition: { Name: null } only }] => only.Options.Source.ToString(),
        [_] => "1 tunnel",
        var several => $"{several.Count} tunnels",
    };

    /// <summary>Reads the files of tunnels and makes them; nobody hears of them yet.</summary>
    /// <returns>Null, or one line that says what is wrong.</returns>
    public string? Load(IReadOnlyList<TunnelDefinition> definitions, Action<string> warn)
    {
        var told = new HashSet<string>();
        foreach (TunnelDefinition definition in definitions)
        {
            if (!TunnelFiles.TryRead(definition, out TunnelFiles? files, out string? error))
                return error;
            foreach (string warning in files.Warnings.Where(told.Add))
                warn(warning);
            _tunnels.Add(New(definition, files));
        }

        return null;
    }

    /// <summary>Binds them, except those of several that wait for names (<c>-D</c>): these do not keep the others waiting.</summary>
    /// <returns>Null, or one line that says what is wrong.</returns>
    public async Task<string?> BindAsync(int? passed, CancellationToken cancellation)
    {
        foreach (RunningTunnel tunnel in _tunnels.Where(tunnel => !IsLate(tunnel)))
        {
            if (await tunnel.Tunnel.BindAsync(cancellation, passed) is { } unbound)
                return tunnel.Definition.Blame(unbound.Message);
        }

        return null;
    }

    /// <summary>Starts accepting.</summary>
    public void Start()
    {
        foreach (RunningTunnel tunnel in _tunnels)
        {
            if (IsLate(tunnel))
                _ = StartLateAsync(tunnel);
            else
                tunnel.Tunnel.Start();
        }
    }

    /// <summary>
    /// Has these tunnels run instead: one that is the same goes on and gets the keys as they are now, one that is not takes
    /// the place of the former, whose connections go on until they end. One exchange at a time.
    /// </summary>
    /// <returns>What changed, in words; or one line that says what is wrong, and nothing was changed.</returns>
    public async Task<(string? Summary, string? Error)> ExchangeAsync(
        IReadOnlyList<TunnelDefinition> definitions, Action<string> warn, CancellationToken cancellation)
    {
        using var exchange = new TunnelExchange(Current, New);
        if (exchange.Read(definitions, warn) is { } unread)
            return (null, unread);
        if (await exchange.BindAsync(cancellation) is { } unbound)
            return (null, unbound);
        lock (_lock)
        {
            // Nothing may start after the drain has begun.
            cancellation.ThrowIfCancellationRequested();
            _former.Add(exchange.Former);
            _tunnels = [.. exchange.Next];
            exchange.Complete(_former.Draining);
            _former.Forget(_tunnels);
        }

        foreach (RunningTunnel tunnel in exchange.New)
            DaemonLog.TunnelStarted(tunnel.Logger, tunnel.Description);
        foreach (RunningTunnel former in exchange.Former)
            _ = EndAsync(former);
        foreach (RunningTunnel failed in exchange.Next.Where(tunnel => tunnel.HasFailed))
        {
            failed.HasFailed = false;
            _ = StartLateAsync(failed);
        }

        // A source that is free shall be so for who has read the log.
        await Task.WhenAll(exchange.Former.Select(former => former.Tunnel.StopAcceptingAsync()));
        return (exchange.Summary, null);
    }

    /// <summary>Completes once every event loop, and what accepts connections, has shown that it still goes round.</summary>
    public Task RespondAsync() => Task.WhenAll([loops.RespondAsync(), .. Current.Select(tunnel => tunnel.Tunnel.RespondAsync())]);

    /// <summary>Accepts nothing more; completes when the last connection has ended.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
            return Task.WhenAll(All.Select(tunnel => tunnel.DrainAsync()));
    }

    /// <summary>Resets what is open.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (RunningTunnel tunnel in All)
                tunnel.Dispose();
        }
    }

    private IEnumerable<RunningTunnel> All => _tunnels.Concat(_former.Draining);

    private RunningTunnel New(TunnelDefinition definition, TunnelFiles files) => new(definition, files, loops, logs.For(definition.Name));

    private static bool IsLate(RunningTunnel tunnel) => tunnel.Definition is { Name: not null, Options.IsWaitingForNames: true };

    private static async Task StartLateAsync(RunningTunnel tunnel)
    {
        try
        {
            TunnelStartError? unbound = await tunnel.Tunnel.BindAsync(tunnel.End);
            tunnel.HasFailed = unbound is not null;
            if (unbound is not null)
                DaemonLog.TunnelFailed(tunnel.Logger, unbound.Message);
            else if (!tunnel.End.IsCancellationRequested)
                tunnel.Tunnel.Start();
        }
        catch (OperationCanceledException)
        {
            // It is not wanted any more.
        }
    }

    private async Task EndAsync(RunningTunnel former)
    {
        await former.DrainAsync();
        lock (_lock)
        {
            _former.End(former);
            _former.Forget(_tunnels);
        }

        former.Dispose();
    }
}
