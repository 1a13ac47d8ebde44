using Microsoft.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Metrics;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>All by which others see what the process does: bound before it drops its privileges, served until it ends.</summary>
internal sealed class Observers(ObserverOptions options, ILogger logger) : IDisposable
{
    private readonly ControlSocket? _control = options.IsControlled ? new ControlSocket(logger) : null;
    private readonly MetricsEndpoint? _metrics = options.Metrics is { } address ? new MetricsEndpoint(address, logger) : null;

    /// <summary>Binds what was asked for.</summary>
    /// <returns>Null, or one line that says why it is impossible.</returns>
    public async Task<string?> BindAsync(Identity identity, CancellationToken cancellation)
    {
        if (_metrics is not null && await _metrics.BindAsync(cancellation) is { } error)
            return error;
        _control?.Bind(identity);
        return null;
    }

    /// <summary>Answers from now on.</summary>
    /// <param name="loops">Where; what takes longer than a moment is made elsewhere.</param>
    /// <param name="snapshot">Tells of all tunnels.</param>
    public void Serve(EventLoopGroup loops, Func<IReadOnlyList<TunnelStatus>> snapshot)
    {
        _control?.Serve(loops.First, snapshot);
        _metrics?.Serve(loops.First, snapshot);
    }

    public void Dispose()
    {
        _control?.Dispose();
        _metrics?.Dispose();
    }
}
