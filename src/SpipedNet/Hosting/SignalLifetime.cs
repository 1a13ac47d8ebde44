using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.Logging;

namespace SpipedNet.Hosting;

/// <summary>
/// What signals mean: SIGTERM lets the open connections end, SIGINT does not, and a daemon stays when its terminal goes
/// (SIGHUP). As the first process of a container nothing has a default action, so all of them are handled always.
/// </summary>
internal sealed class SignalLifetime : IHostLifetime, IDisposable
{
    // What a shell reports for a process that SIGINT ended.
    private const int InterruptedStatus = 130;

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _exit = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private volatile bool _isOrderly;

    /// <summary>Handles signals by ending the process at once, until <see cref="StopInOrder"/>.</summary>
    public SignalLifetime() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt),
    ];

    public ILogger Logger { private get; set; } = NullLogger.Instance;

    /// <summary>Cancelled by either signal: accept nothing more.</summary>
    public CancellationToken StopRequested => _stop.Token;

    /// <summary>Cancelled by SIGINT: do not wait for connections either.</summary>
    public CancellationToken ExitRequested => _exit.Token;

    public int ExitStatus => _exit.IsCancellationRequested ? InterruptedStatus : 0;

    /// <summary>From now on signals cancel the tokens, and whoever has them sees to the end.</summary>
    /// <param name="isDaemon">Ignore SIGHUP; in the foreground it ends the process as by default.</param>
    public void StopInOrder(bool isDaemon)
    {
        _isOrderly = true;
        if (isDaemon)
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangup));
    }

    /// <summary>For what may take for ever and cannot be cancelled: reading a key that somebody types, a last word.</summary>
    public void EndAtOnce() => _isOrderly = false;

    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _exit.Dispose();
    }

    private void OnTerminate(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_isOrderly)
            Environment.Exit(0);
        _stop.Cancel();
    }

    private void OnInterrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_isOrderly)
            Environment.Exit(InterruptedStatus);
        _exit.Cancel();
        _stop.Cancel();
    }

    private void OnHangup(PosixSignalContext context)
    {
        context.Cancel = true;
        DaemonLog.HangupIgnored(Logger);
    }
}
