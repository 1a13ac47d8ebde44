using System.Net;
using SpipedNet.Protocol;

namespace SpipedNet.Tunnel;

/// <summary>An established connection, or the step that failed and why.</summary>
internal readonly record struct Establishment
{
    public StreamSocket? Plain { get; private init; }

    public StreamSocket? Wire { get; private init; }

    public SessionKeys? Keys { get; private init; }

    public ConnectionEnd FailedStep { get; private init; }

    public string? Error { get; private init; }

    public static Establishment Of(StreamSocket plain, StreamSocket wire, SessionKeys keys) =>
        new() { Plain = plain, Wire = wire, Keys = keys };

    public static Establishment Failed(ConnectionEnd step, string error) => new() { FailedStep = step, Error = error };
}

/// <summary>
/// One end of a tunnel: what it takes to turn an accepted connection into an established one. The two roles differ in
/// which socket carries the packets and in the order of connecting and shaking hands; all else is the same.
/// </summary>
internal abstract class TunnelEnd(
    ConnectionOptions options, SharedSecret secret, Func<IReadOnlyList<EndPoint>> targets, EndPoint? bind)
{
    public ConnectionOptions Options { get; } = options;

    protected SharedSecret Secret { get; } = secret;

    /// <summary>Establishes one connection. The sockets stay in the scope, whatever the result; keys belong to the caller.</summary>
    public abstract ValueTask<Establishment> EstablishAsync(StreamSocket accepted, SocketScope scope);

    protected async ValueTask<ConnectResult> ConnectTargetAsync(SocketScope scope, EventLoop loop)
    {
        ConnectResult result = await TargetConnector.ConnectAsync(scope, loop, targets(), bind, Options.Timeout);
        result.Socket?.Configure(Options.IsKeepAlive);
        return result;
    }

    protected static Establishment TargetFailed(string error) =>
        Establishment.Failed(ConnectionEnd.TargetFailed, $"target {error}");

    protected Establishment HandshakeFailed(string error, HandshakeDeadline deadline) => Establishment.Failed(
        ConnectionEnd.HandshakeFailed,
        $"handshake: {(deadline.HasPassed ? $"not finished within {Options.Timeout.TotalSeconds:0.###} s (-o)" : error)}");

    /// <summary>Cancels the wire when the handshake takes longer than it may; dispose it when the handshake is over.</summary>
    protected sealed class HandshakeDeadline : IDisposable
    {
        private readonly Deadline _deadline;

        public HandshakeDeadline(StreamSocket wire, TimeSpan timeout) => _deadline = wire.Loop.After(timeout, () =>
        {
            HasPassed = true;
            wire.Cancel();
        });

        public bool HasPassed { get; private set; }

        public void Dispose() => _deadline.Cancel();
    }
}
