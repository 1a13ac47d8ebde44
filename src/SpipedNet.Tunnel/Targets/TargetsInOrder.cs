using System.Net;

namespace SpipedNet.Tunnel.Targets;

/// <summary>The targets of a tunnel that does not check them: each connection tries all their addresses in order.</summary>
internal sealed class TargetsInOrder(IReadOnlyList<TargetResolver> targets)
{
    /// <inheritdoc cref="PickTarget"/>
    public ValueTask<TargetPick> PickAsync(EventLoop loop, TimeSpan timeout) => new(new TargetPick(EndPoints));

    private IReadOnlyList<EndPoint> EndPoints =>
        targets.Count == 1 ? targets[0].Current : [.. targets.SelectMany(target => target.Current)];
}
