using Microsoft.Extensions.Logging;
using SpipedNet.Logging;
using SpipedNet.Status;
using SpipedNet.Tunnel;

namespace SpipedNet.Metrics;

/// <summary><c>--metrics</c>: the tunnels for Prometheus, and whether they are well for whoever asks.</summary>
internal sealed class MetricsEndpoint(TunnelAddress address, ILogger logger) : IDisposable
{
    private BoundSource? _bound;
    private HttpServer? _server;
    private TunnelMeter? _meter;
    private PrometheusText? _text;

    /// <summary>Looks its name up and binds it.</summary>
    /// <returns>Null, or one line that says why it is impossible.</returns>
    public async Task<string?> BindAsync(CancellationToken cancellation)
    {
        LookUpResult found = await TargetResolver.LookUpAsync(address, cancellation);
        if (found.Failure is not null)
            return $"--metrics: {found.Failure.Explain(address, canWait: false)}";
        _bound = BoundSource.TryBind(address, found.EndPoints[0], out string? error);
        return error is null ? null : $"--metrics: {error}";
    }

    /// <summary>Answers from now on.</summary>
    public void Serve(EventLoop loop, Func<ProcessStatus> snapshot)
    {
        _meter = new TunnelMeter(snapshot);
        PrometheusText text = _text = new PrometheusText(_meter.Meter);
        _server = new HttpServer(loop, _bound!.TakeDescriptor(), request => Respond(request, text, snapshot), logger);
        _server.Start();
        DaemonLog.MetricsServed(logger, address);
    }

    public void Dispose()
    {
        _server?.Stop();
        _text?.Dispose();
        _meter?.Dispose();
        _bound?.Dispose();
    }

    private static HttpResponse Respond(HttpRequest request, PrometheusText text, Func<ProcessStatus> snapshot) =>
        (request.Path, request.Query) switch
        {
            ("/metrics", _) => new HttpResponse(200, PrometheusText.ContentType, text.Collect()),
            ("/healthz", "targets" or "targets=1" or "targets=true") => Health.Respond(snapshot().Tunnels, areTargetsAsked: true),
            ("/healthz", "") => Health.Respond(snapshot().Tunnels, areTargetsAsked: false),
            _ => HttpResponse.Text(404, "there are /metrics, /healthz and /healthz?targets"),
        };
}
