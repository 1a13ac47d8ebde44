using System.Net;
using SpipedNet.Protocol;

namespace SpipedNet.Tunnel;

/// <summary>The <c>-d</c> end: encrypted connections in, plain ones out. The server of the handshake.</summary>
internal sealed class ReceiverEnd(
    ConnectionOptions options, SharedSecret secret, Func<IReadOnlyList<EndPoint>> targets, EndPoint? bind)
    : TunnelEnd(options, secret, targets, bind)
{
    /// <summary>
    /// The target is dialled only after the client has proved that it knows the secret, while the exponentiations run:
    /// a stranger reaches nothing (upstream dials first, spiped#429).
    /// </summary>
    public override async ValueTask<Establishment> EstablishAsync(StreamSocket accepted, SocketScope scope)
    {
        using var deadline = new HandshakeDeadline(accepted, Options.Timeout);
        using var handshake = new ServerHandshake(Secret, Options.ForwardSecrecy);
        var exchange = new HandshakeExchange(accepted);
        HandshakeFailure? failure = await exchange.AuthenticateClientAsync(handshake);
        if (failure is not null)
            return HandshakeFailed("", TunnelRole.Receiver, failure);

        ValueTask<ConnectResult> connecting = ConnectTargetAsync(scope, accepted.Loop);
        HandshakeResult result;
        ConnectResult connected;
        try
        {
            result = await exchange.CompleteServerAsync(handshake);
        }
        finally
        {
            // Whatever happened: the scope must not be closed while a socket is still to come into it.
            deadline.Dispose();
            connected = await connecting;
        }

        if (result.Keys is null)
            return HandshakeFailed("", TunnelRole.Receiver, result.Failure!);
        if (connected.Socket is not null)
            return Establishment.Of(connected.Socket, accepted, result.Keys);
        result.Keys.Dispose();
        return TargetFailed(connected.Error!);
    }
}
