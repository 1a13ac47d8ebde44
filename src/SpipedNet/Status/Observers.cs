using Microsoft.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>All by which others see what the process does: bound before it drops its privileges, served until it ends.</summary>
internal sealed class Observers(ObserverOptions options, ILogger logger) : IDisposable
{
    private readonly ControlSocket? _control = options.IsControlled ? new ControlSocket(logger) : null;

    /// <summary>Binds what was asked for.</summary>
    /// <returns>Null, or one line that says why it is impossible.</returns>
    public string? Bind(Identity identity)
    {
        _control?.Bind(identity);
        return null;
    }

    /// <summary>Answers from now on.</summary>
    public void Serve(EventLoopGroup loops, Func<IReadOnlyList<TunnelStatus>> snapshot) => _control?.Serve(loops.First, snapshot);

    public void Dispose() => _control?.Dispose();
}
