using System.Net;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Tunnel;

/// <summary>An established connection, or the step that failed and why.</summary>
internal readonly record struct Establishment
{
    public StreamSocket? Plain { get; private init; }

    public StreamSocket? Wire { get; private init; }

    public SessionKeys? Keys { get; private init; }

    public ConnectionEnd FailedStep { get; private init; }

    public string? Error { get; private init; }

    public SpipedError Kind { get; private init; }

    public static Establishment Of(StreamSocket plain, StreamSocket wire, SessionKeys keys) =>
        new() { Plain = plain, Wire = wire, Keys = keys };

    public static Establishment Failed(ConnectionEnd step, string error, SpipedError kind = SpipedError.Cut) =>
        new() { FailedStep = step, Kind = kind, Error = error };
}

/// <summary>
/// One end of a tunnel: what it takes to turn an accepted connection into an established one. The two roles differ in
/// which socket carries the packets and in the order of connecting and shaking hands; all else is the same.
/// </summary>
internal abstract class TunnelEnd(
    ConnectionOptions options, TunnelKeys keys, PickTarget pickTarget, EndPoint? bind)
{
    public ConnectionOptions Options { get; } = options;

    protected TunnelKeys Keys { get; } = keys;

    /// <summary>Establishes one connection. The sockets stay in the scope, whatever the result; keys belong to the caller.</summary>
    public abstract ValueTask<Establishment> EstablishAsync(StreamSocket accepted, SocketScope scope);

    /// <summary>What an end of an established connection means, seen from this end.</summary>
    public virtual ConnectionOutcome Interpret(ConnectionOutcome outcome) => outcome;

    /// <summary>The wire's peer has ended its direction in good order, and all that it sent was passed on.</summary>
    public virtual void OnWireEnded()
    {
    }

    protected async ValueTask<ConnectResult> ConnectTargetAsync(SocketScope scope, EventLoop loop)
    {
        TargetPick pick = await pickTarget(loop, Options.Timeout);
        if (pick.Failure is not null)
            return new ConnectResult(null, pick.Failure);
        scope.Target = pick.Target;
        ConnectResult result = await TargetConnector.ConnectAsync(scope, loop, pick.EndPoints, bind, Options.Timeout);
        result.Socket?.Configure(Options.IsKeepAlive);
        return result.Socket is null ? result with { Error = $"target {result.Error}" } : result;
    }

    protected static Establishment TargetFailed(ConnectResult failure) => Establishment.Failed(
        failure.Kind == SpipedError.Shortage ? ConnectionEnd.Shortage : ConnectionEnd.TargetFailed,
        failure.Error!, failure.Kind);

    protected Establishment HandshakeFailed(string where, TunnelRole role, HandshakeFailure failure) =>
        Establishment.Failed(
            ConnectionEnd.HandshakeFailed, $"{where}handshake: {failure.Explain(role, Options.Timeout)}", failure.Kind);

    /// <summary>Cancels the wire when the handshake takes longer than it may; dispose it when the handshake is over.</summary>
    protected sealed class HandshakeDeadline(StreamSocket wire, TimeSpan timeout) : IDisposable
    {
        private readonly Deadline _deadline = wire.Loop.After(timeout, wire.Cancel);

        public void Dispose() => _deadline.Cancel();
    }
}
