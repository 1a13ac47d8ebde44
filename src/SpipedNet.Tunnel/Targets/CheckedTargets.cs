using System.Net;
using Microsoft.Extensions.Logging;

namespace SpipedNet.Tunnel.Targets;

/// <summary>
/// The targets of a tunnel that checks them: new connections go to the one that is elected, and those to one that must not
/// be used any more are reset. Thread-safe.
/// </summary>
internal sealed class CheckedTargets : IDisposable
{
    private readonly IReadOnlyList<TargetResolver> _targets;
    private readonly ConnectionSet _connections;
    private readonly ILogger _logger;
    private readonly bool _isMasterAsked;
    private readonly TargetElection _election;
    private readonly TargetWatch[] _watches;
    private readonly string?[] _opinions;
    private readonly bool[] _areHeard; // the Sentinels
    private readonly Lock _lock = new();

    private bool _isToldNone;

    // What new connections see: the choice, and what completes when there is another.
    private volatile Choice _choice = new(Target: null, "no check is complete yet");

    /// <param name="targets">The targets, in order; not this object's.</param>
    /// <param name="sentinels">The Sentinels that are asked as well; not this object's.</param>
    /// <param name="dial">How to connect to them.</param>
    /// <param name="options">What they have to do.</param>
    /// <param name="connections">The connections that may have to be reset.</param>
    /// <param name="logger">Hears of each change.</param>
    public CheckedTargets(
        IReadOnlyList<TargetResolver> targets, IReadOnlyList<TargetResolver> sentinels, DialOptions dial,
        TargetCheckOptions options, ConnectionSet connections, ILogger logger)
    {
        (_targets, _connections, _logger) = (targets, connections, logger);
        _isMasterAsked = options.Kind == TargetCheckKind.RedisMaster;
        _election = new TargetElection(_isMasterAsked, targets.Count, areSentinelsAsked: sentinels.Count > 0);
        _opinions = new string?[sentinels.Count];
        _areHeard = new bool[sentinels.Count];
        _watches =
        [
            .. targets.Select((target, i) => Watch(TargetProbe.Of(target, dial, options), state => Update(i, state))),
            .. sentinels.Select((sentinel, i) => Watch(
                TargetProbe.OfSentinel(sentinel, dial, options), state => UpdateOpinion(i, sentinel.Address, state))),
        ];

        TargetWatch Watch(TargetProbe probe, Action<TargetState> onChange) =>
            new(probe, options.Interval, () => _choice.Target is not null, onChange);
    }

    /// <summary>The choice in words, for a status line.</summary>
    public string Description => _choice.Target is { } target
        ? $"{Kind} {target.Address}"
        : $"no {Kind}";

    /// <summary>Whether there is a target to connect to; null while no check of it is complete.</summary>
    public bool? IsAnyChosen => _choice.Target is not null ? true : _election.States.Contains(TargetState.Unknown) ? null : false;

    /// <summary>Starts checking.</summary>
    public void Start() => Array.ForEach(_watches, watch => watch.Start());

    /// <summary>Ends the checking, and leaves the choice as it is.</summary>
    public void Stop() => Array.ForEach(_watches, watch => watch.Dispose());

    /// <summary>Ends the checking; who waits for a target hears that there is none.</summary>
    public void Dispose()
    {
        Stop();
        lock (_lock)
            Publish(new Choice(Target: null, "this process ends"));
    }

    /// <inheritdoc cref="PickTarget"/>
    public async ValueTask<TargetPick> PickAsync(EventLoop loop, TimeSpan timeout)
    {
        Choice choice = _choice;
        if (choice.Target is null)
        {
            // A failover takes seconds; a client that waits for it need not try again.
            Task patience = loop.Delay(timeout);
            while ((choice = _choice).Target is null && !patience.IsCompleted)
                await Task.WhenAny(choice.Replaced, patience);
        }

        return choice.EndPoint is { } endPoint
            ? new TargetPick([endPoint], choice.Target)
            : new TargetPick([], Failure: $"no {Kind} within {timeout.TotalSeconds:0.###} s (-o): {choice.WhyNone}");
    }

    private void Update(int index, TargetState state)
    {
        lock (_lock)
        {
            TargetState last = _election.States[index];
            bool[] wereDeposed = [.. _targets.Select((_, i) => _election.IsDeposed(i))];
            _election.Update(index, state);
            if (last == TargetState.Unknown || (state.IsUp, state.IsMaster) != (last.IsUp, last.IsMaster))
                TellState(_targets[index].Address, state);
            for (int i = 0; i < wereDeposed.Length; i++)
            {
                if (_election.IsDeposed(i) && !wereDeposed[i])
                    TunnelLog.TargetDeposed(_logger, _targets[i].Address);
            }

            Choose();
        }
    }

    private void UpdateOpinion(int index, TunnelAddress sentinel, TargetState state)
    {
        lock (_lock)
        {
            if (!state.IsUp)
                TunnelLog.SentinelDown(_logger, sentinel, state.Description);
            _opinions[index] = state.MasterRunId;
            _areHeard[index] = true;
            _election.Update(_opinions.GroupBy(opinion => opinion)
                .FirstOrDefault(same => same.Key is not null && same.Count() > _opinions.Length / 2)?.Key);
            Choose();
        }
    }

    private void Choose()
    {
        (TargetResolver? chosen, EndPoint? endPoint) =
            _election.Chosen is { } index ? (_targets[index], _election.States[index].EndPoint) : (null, null);
        TellChoice(chosen);
        Publish(new Choice(chosen, WhyNone, endPoint));
        ResetWhatMustLeave();
    }

    private string Kind => _isMasterAsked ? "master" : "target";

    private string WhyNone => string.Join("; ", _targets.Select((target, i) => $"{target.Address}: {_election.States[i].Description}"))
        + (_opinions.Length == 0 ? "" : $"; {_opinions.Count(opinion => opinion is not null)} of {_opinions.Length} Sentinels name a master");

    private void TellState(TunnelAddress target, TargetState state)
    {
        if (state.IsUp)
            TunnelLog.TargetUp(_logger, target, state.Description);
        else
            TunnelLog.TargetDown(_logger, target, state.Description);
    }

    private void TellChoice(TargetResolver? chosen)
    {
        if (chosen is not null && chosen != _choice.Target)
            TunnelLog.TargetChosen(_logger, chosen.Address, _isMasterAsked ? ", the master" : "");
        bool isNone = chosen is null && !_election.States.Contains(TargetState.Unknown) && !_areHeard.Contains(false);
        if (isNone && !_isToldNone)
            TunnelLog.NoTarget(_logger, Kind, WhyNone);
        _isToldNone = isNone;
    }

    private void Publish(Choice next)
    {
        Choice last = _choice;
        _choice = next;
        last.Replace();
    }

    private void ResetWhatMustLeave()
    {
        for (int i = 0; i < _targets.Count; i++)
        {
            TargetResolver target = _targets[i];
            if (_election.MustLeave(i) && _connections.CancelTo(target) is > 0 and int count)
                TunnelLog.ConnectionsReset(_logger, new ConnectionCount(count), target.Address);
        }
    }

    /// <summary>What there is to connect to at some time: a target, at the very address that was found to be of use.</summary>
    private sealed record Choice(TargetResolver? Target, string WhyNone, EndPoint? EndPoint = null)
    {
        private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Replaced => _replaced.Task;

        public void Replace() => _replaced.SetResult();
    }
}
