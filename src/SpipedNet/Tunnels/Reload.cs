using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.CommandLine.Configuration;
using SpipedNet.Hosting;
using SpipedNet.Logging;
using SpipedNet.Status;
using SpipedNet.Systemd;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnels;

/// <summary>
/// What SIGHUP asks for: the configuration and the keys are read again, and run. A mistake in them is told, and changes
/// nothing. One at a time; signals that come meanwhile are one more.
/// </summary>
internal sealed class Reload
{
    private readonly DaemonOptions _options;
    private readonly RunningTunnels _tunnels;
    private readonly ServiceReport _service;
    private readonly SignalLifetime _signals;
    private readonly ILogger _logger;
    private readonly Channel<bool> _asked =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private Reload(DaemonOptions options, RunningTunnels tunnels, ServiceReport service, SignalLifetime signals, ILogger logger) =>
        (_options, _tunnels, _service, _signals, _logger) = (options, tunnels, service, signals, logger);

    /// <summary>Has it done from now on, until the process is to stop.</summary>
    public static void Start(DaemonOptions options, RunningTunnels tunnels, ServiceReport service, SignalLifetime signals, ILogger logger)
    {
        var reload = new Reload(options, tunnels, service, signals, logger);
        _ = reload.RunAsync();
        signals.OnHangUp(() => reload._asked.Writer.TryWrite(true));
    }

    /// <summary>
    /// Why what was read at the start could not be read again now, as another user (<c>-u</c>); null when it could, or nobody
    /// could.
    /// </summary>
    public static string? Foresee(DaemonOptions options)
    {
        if (!TryReadDefinitions(options, out IReadOnlyList<TunnelDefinition>? definitions, out IReadOnlyList<string> errors))
            return errors[0];
        foreach (TunnelDefinition definition in definitions.Where(definition => !ReadableOnce(definition).Any()))
        {
            if (!TunnelFiles.TryRead(definition, out TunnelFiles? files, out string? error))
                return error;
            files.Dispose();
        }

        return null;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _asked.Reader.ReadAsync(_signals.StopRequested);
                _service.Reloading();
                DateTimeOffset began = DateTimeOffset.UtcNow;
                string? error = await TryReadAgainAsync();
                _tunnels.LastReload = new ReloadStatus(began, DateTimeOffset.UtcNow, error);
                _service.Reloaded();
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the process is more than a reload.
        }
    }

    private async Task<string?> TryReadAgainAsync()
    {
        try
        {
            return await ReadAgainAsync();
        }
        catch (Exception unexpected) when (unexpected is not OperationCanceledException)
        {
            // A bug, or memory has run out: what runs shall go on, and the next reload be heard.
            DaemonLog.ReloadFaulted(_logger, unexpected);
            return unexpected.Message;
        }
    }

    private async Task<string?> ReadAgainAsync()
    {
        foreach (string warning in _options.Configuration is { } path ? ConfigurationFile.FindWarnings(path) : [])
            DaemonLog.StartWarning(_logger, warning);
        if (TryReadDefinitions(_options, out IReadOnlyList<TunnelDefinition>? definitions, out IReadOnlyList<string> errors))
            errors = [.. definitions.SelectMany(ReadableOnce)];
        if (errors.Count == 0 && DescriptorLimit.Check(definitions!.Count) is { } tooFew)
            errors = [tooFew];
        if (errors.Count == 0)
            errors = await ExchangeAsync(definitions!);
        foreach (string error in errors)
            DaemonLog.ReloadFailed(_logger, error);
        return errors switch
        {
            [] => null,
            [var only] => only,
            _ => $"{errors[0]}; the log has more",
        };
    }

    private static bool TryReadDefinitions(
        DaemonOptions options, [NotNullWhen(true)] out IReadOnlyList<TunnelDefinition>? definitions, out IReadOnlyList<string> errors)
    {
        (definitions, errors) = (options.Tunnel is { } only ? [only] : null, []);
        return definitions is not null || ConfigurationFile.TryRead(options.Configuration!, out definitions, out errors);
    }

    // To open a pipe would wait for who writes into it.
    private static IEnumerable<string> ReadableOnce(TunnelDefinition definition)
    {
        if (definition.KeyFiles is [KeyFile.StandardInput])
            yield return "the key came from standard input, which cannot be read again";
        string?[] files = [.. definition.KeyFiles, definition.RedisLogin?.PasswordFile, definition.SentinelLogin?.PasswordFile];
        foreach (string path in files.OfType<string>())
        {
            if (FileIdentity.KindBehind(path) is { } kind and not (FileKind.Regular or FileKind.Directory))
                yield return definition.Blame($"{path}: it is {kind.Describe()}, which cannot be read again");
        }
    }

    private async Task<IReadOnlyList<string>> ExchangeAsync(IReadOnlyList<TunnelDefinition> definitions)
    {
        (string? summary, string? error) = await _tunnels.ExchangeAsync(
            definitions, warning => DaemonLog.StartWarning(_logger, warning), _signals.StopRequested);
        if (error is not null)
            return [error];
        DaemonLog.Reloaded(_logger, summary!);
        return [];
    }
}
