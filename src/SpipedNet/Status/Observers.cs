using Microsoft.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Metrics;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>All by which others see what the process does: from before it drops its privileges until it ends.</summary>
internal sealed class Observers(ObserverOptions options, ILogger logger) : IDisposable
{
    private readonly ControlSocket? _control = options.IsControlled ? new ControlSocket(logger) : null;
    private readonly MetricsEndpoint? _metrics = options.Metrics is { } address ? new MetricsEndpoint(address, logger) : null;

    /// <summary>Binds what was asked for, and answers from now on: also while a tunnel waits for names.</summary>
    /// <param name="identity">Whom the process will become.</param>
    /// <param name="loops">Where it is answered; what takes longer than a moment is made elsewhere.</param>
    /// <param name="snapshot">Tells of the process and its tunnels.</param>
    /// <param name="cancellation">Ends the look-up of a name.</param>
    /// <returns>Null, or one line that says why it is impossible.</returns>
    public async Task<string?> StartAsync(
        Identity identity, EventLoopGroup loops, Func<ProcessStatus> snapshot, CancellationToken cancellation)
    {
        if (_metrics is not null && await _metrics.BindAsync(cancellation) is { } error)
            return error;
        _control?.Bind(identity);
        _control?.Serve(loops.First, snapshot);
        _metrics?.Serve(loops.First, snapshot);
        return null;
    }

    public void Dispose()
    {
        _control?.Dispose();
        _metrics?.Dispose();
    }
}
