using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace SpipedNet.Hosting;

/// <summary>
/// What signals mean: SIGTERM lets the open connections end, SIGINT does not, and SIGHUP has everything read again, unless it
/// says that the terminal of a process in the foreground is gone. As the first process of a container nothing has a default action, so all of them are handled always.
/// </summary>
internal sealed class SignalLifetime : IHostLifetime, IDisposable
{
    // What a shell reports for a process that SIGINT ended.
    private const int InterruptedStatus = 130;

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _exit = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private volatile bool _isOrderly;
    private bool _hasTerminal;
    private Action? _hangUp;
    private bool _isHungUp;

    /// <summary>Handles signals by ending the process at once, until <see cref="StopInOrder"/>.</summary>
    public SignalLifetime() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt),
    ];

    /// <summary>Has SIGHUP call this from now on, and now if it has come before.</summary>
    public void OnHangUp(Action hangUp)
    {
        lock (_registrations)
            _hangUp = hangUp;
        if (_isHungUp)
            hangUp();
    }

    /// <summary>Cancelled by either signal: accept nothing more.</summary>
    public CancellationToken StopRequested => _stop.Token;

    /// <summary>Cancelled by SIGINT: do not wait for connections either.</summary>
    public CancellationToken ExitRequested => _exit.Token;

    public int ExitStatus => _exit.IsCancellationRequested ? InterruptedStatus : 0;

    /// <summary>From now on signals cancel the tokens, and whoever has them sees to the end.</summary>
    /// <param name="isDaemon">Whether there is no terminal whose end would be this process's, too.</param>
    public void StopInOrder(bool isDaemon)
    {
        _isOrderly = true;
        _hasTerminal = !isDaemon && HasTerminal();
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

    // By default it ends the process, as it should when somebody has closed the window that this ran in.
    private void OnHangup(PosixSignalContext context)
    {
        if (_hasTerminal && !HasTerminal())
            return;
        context.Cancel = true;
        lock (_registrations)
            _isHungUp |= _hangUp is null;
        _hangUp?.Invoke();
    }

    // It can be opened for as long as it is there (tty(4)). Not by File: an exception, thrown at each start of a service, takes
    // longer than the start of a tunnel.
    private static bool HasTerminal()
    {
        int terminal = Libc.open("/dev/tty", Libc.O_CLOEXEC);
        if (terminal >= 0)
            _ = Libc.close(terminal);
        return terminal >= 0;
    }
}
