using System.Net;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Tunnel;

/// <summary>The <c>-e</c> end (and spipe): plain connections in, encrypted ones out. The client of the handshake.</summary>
internal sealed class SenderEnd(
    ConnectionOptions options, TunnelKeys keys, PickTarget pickTarget, EndPoint? bind,
    SenderProgress? progress = null, Action? peerEnded = null)
    : TunnelEnd(options, keys, pickTarget, bind)
{
    /// <inheritdoc/>
    public override async ValueTask<Establishment> EstablishAsync(StreamSocket accepted, SocketScope scope)
    {
        ConnectResult connected = await ConnectTargetAsync(scope, accepted.Loop);
        if (connected.Socket is null)
            return TargetFailed(connected);

        StreamSocket wire = connected.Socket;
        progress?.Invoke(SenderStep.Connect, NativeAddress.Format(connected.Target!));
        using var deadline = new HandshakeDeadline(wire, Options.Timeout);
        using KeyLease lease = Keys.Take();
        scope.EnterWith(lease.Only.Client);
        using var handshake = new ClientHandshake(lease.Only.Secret, Options.ForwardSecrecy);
        HandshakeResult result = await new HandshakeExchange(wire).RunClientAsync(handshake);
        if (result.Keys is null)
            return HandshakeFailed($"target {NativeAddress.Format(connected.Target!)}: ", TunnelRole.Sender, result.Failure!);
        progress?.Invoke(SenderStep.Handshake, NativeAddress.Format(connected.Target!));
        return Establishment.Of(accepted, wire, result.Keys);
    }

    /// <inheritdoc/>
    public override void OnWireEnded() => peerEnded?.Invoke();

    /// <summary>
    /// The other end proves its key before it has reached its target, and resets the connection when it cannot
    /// (<see cref="ReceiverEnd"/>): that is a failure to be told as one, not a connection that broke.
    /// </summary>
    public override ConnectionOutcome Interpret(ConnectionOutcome outcome) =>
        outcome.IsWireReset && outcome.BytesDecrypted == 0
            ? outcome with
            {
                End = ConnectionEnd.RefusedByPeer,
                Reason = $"{outcome.Reason} before anything came back: "
                    + "the other end probably could not reach its target; see its log",
            }
            : outcome;
}
