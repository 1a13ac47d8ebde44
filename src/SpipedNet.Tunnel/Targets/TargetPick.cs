using System.Net;

namespace SpipedNet.Tunnel.Targets;

/// <summary>Where a new connection may go, or why it may go nowhere.</summary>
/// <param name="EndPoints">The addresses to try, in order; empty with a failure.</param>
/// <param name="Target">The target whose connections end when it is not the one any more; null when that cannot happen.</param>
/// <param name="Failure">Why there is none.</param>
internal readonly record struct TargetPick(IReadOnlyList<EndPoint> EndPoints, TargetResolver? Target = null, string? Failure = null);

/// <summary>Picks where a new connection goes. On its loop.</summary>
/// <param name="loop">The connection's loop.</param>
/// <param name="timeout">How long it may wait until there is somewhere to go.</param>
internal delegate ValueTask<TargetPick> PickTarget(EventLoop loop, TimeSpan timeout);
