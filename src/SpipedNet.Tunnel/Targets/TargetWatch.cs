namespace SpipedNet.Tunnel.Targets;

/// <summary>
/// Has one target asked again and again, and tells what is new. A single answer that fails to come says nothing: it takes
/// three in a row until the target counts as down, and then two that come until it is used again.
/// </summary>
/// <param name="probe">Asks; disposed with this.</param>
/// <param name="interval">From one question to the next when all is well.</param>
/// <param name="isAnyChosen">Whether connections have somewhere to go.</param>
/// <param name="onChange">Hears what the target's state is now, when it was another one before.</param>
internal sealed class TargetWatch(
    TargetProbe probe, TimeSpan interval, Func<bool> isAnyChosen, Action<TargetState> onChange) : IDisposable
{
    private const int FailuresToFall = 3;
    private const int AnswersToRise = 2;

    private readonly CancellationTokenSource _stop = new();
    private TargetState _state = TargetState.Unknown;
    private int _failures;
    private int _answers = AnswersToRise; // the first answer of all is enough

    /// <summary>Starts asking.</summary>
    public void Start() => _ = Task.Run(RunAsync);

    /// <summary>Ends the asking.</summary>
    public void Dispose() => _stop.Cancel();

    private async Task RunAsync()
    {
        using (probe)
        {
            try
            {
                while (true)
                {
                    Consider(await AskAsync());
                    await Task.Delay(Pause, _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Disposed: nobody wants to know any more.
            }
        }
    }

    // Hurry where clients may be waiting for the outcome; patience with one that is down, whose other end logs each try.
    private TimeSpan Pause =>
        _failures >= FailuresToFall ? isAnyChosen() ? interval * 5 : interval
        : _failures > 0 || !isAnyChosen() ? interval / 5
        : interval;

    private async Task<TargetState> AskAsync()
    {
        try
        {
            return await probe.AskAsync(_stop.Token);
        }
        catch (Exception unexpected) when (!_stop.IsCancellationRequested)
        {
            // No descriptor left, say. Whatever it is, who does not ask any more must not go by an old answer.
            return new TargetState($"it could not be asked: {unexpected.Message}");
        }
    }

    private void Consider(TargetState answer)
    {
        _failures = answer.IsUp ? 0 : _failures + 1;
        _answers = answer.IsUp ? Math.Min(_answers + 1, AnswersToRise) : _answers;
        if (_failures >= FailuresToFall)
            _answers = 0;
        bool isCounted = answer.IsUp ? _answers >= AnswersToRise : _failures >= FailuresToFall || !_state.IsUp;
        if (!isCounted || answer == _state)
            return;
        _state = answer;
        onChange(answer);
    }
}
