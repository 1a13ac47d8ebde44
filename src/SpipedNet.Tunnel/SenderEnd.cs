using System.Net;
using SpipedNet.Protocol;

namespace SpipedNet.Tunnel;

/// <summary>The <c>-e</c> end (and spipe): plain connections in, encrypted ones out. The client of the handshake.</summary>
internal sealed class SenderEnd(
    ConnectionOptions options, SharedSecret secret, Func<IReadOnlyList<EndPoint>> targets, EndPoint? bind)
    : TunnelEnd(options, secret, targets, bind)
{
    /// <inheritdoc/>
    public override async ValueTask<Establishment> EstablishAsync(StreamSocket accepted, SocketScope scope)
    {
        ConnectResult connected = await ConnectTargetAsync(scope, accepted.Loop);
        if (connected.Socket is null)
            return TargetFailed(connected.Error!);

        StreamSocket wire = connected.Socket;
        using var deadline = new HandshakeDeadline(wire, Options.Timeout);
        using var handshake = new ClientHandshake(Secret, Options.ForwardSecrecy);
        HandshakeResult result = await HandshakeExchange.RunClientAsync(wire, handshake);
        return result.Keys is null
            ? HandshakeFailed(result.Error!, deadline)
            : Establishment.Of(accepted, wire, result.Keys);
    }
}
