using System.Net;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.ProxyProtocol;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Tunnel;

/// <summary>The <c>-d</c> end: encrypted connections in, plain ones out. The server of the handshake.</summary>
internal sealed class ReceiverEnd(
    ConnectionOptions options, TunnelKeys keys, PickTarget pickTarget, EndPoint? bind,
    Strangers strangers, Admission admission)
    : TunnelEnd(options, keys, pickTarget, bind)
{
    /// <summary>
    /// The target is dialled only after the client has proved that it knows the secret, while the exponentiations run:
    /// a stranger reaches nothing and takes nobody's place (upstream dials first, spiped#429).
    /// </summary>
    public override async ValueTask<Establishment> EstablishAsync(StreamSocket accepted, SocketScope scope)
    {
        Task<ConnectResult>? connecting = Options.IsConnectingEarly ? ConnectAsync(accepted, scope).AsTask() : null;
        using var deadline = new HandshakeDeadline(accepted, Options.Timeout);
        using KeyLease lease = Keys.Take();
        using var handshake = new ServerHandshake(lease.Secrets, Options.ForwardSecrecy);
        var exchange = new HandshakeExchange(accepted);
        HandshakeResult result = default;
        ConnectResult connected = default;
        try
        {
            if (await AdmitAsync(accepted, exchange, handshake, lease, scope) is { } refusal)
                return refusal;
            connecting ??= ConnectAsync(accepted, scope).AsTask();
            result = await exchange.CompleteServerAsync(handshake);
        }
        finally
        {
            deadline.Dispose();
            if (result.Keys is null)
                scope.Abandon();
            // Whatever happened: the scope must not be closed while a socket is still to come into it.
            if (connecting is not null)
                connected = await connecting;
        }

        if (result.Keys is null)
            return HandshakeFailed("", TunnelRole.Receiver, result.Failure!);
        if (connected.Socket is not null)
            return Establishment.Of(connected.Socket, accepted, result.Keys);
        result.Keys.Dispose();
        return TargetFailed(connected);
    }

    // The header goes at once: a target that speaks first waits for it, and a client that says nothing has one, too.
    private async ValueTask<ConnectResult> ConnectAsync(StreamSocket accepted, SocketScope scope)
    {
        ConnectResult connected = await ConnectTargetAsync(scope, accepted.Loop);
        if (connected.Socket is null || Options.ProxyProtocol is not { } version)
            return connected;
        string? failure = await Introduction.SendAsync(connected.Socket, version, accepted);
        return failure is null
            ? connected
            : new ConnectResult(null, $"target {NativeAddress.Format(connected.Target!)}: {failure}");
    }

    private async ValueTask<Establishment?> AdmitAsync(
        StreamSocket accepted, HandshakeExchange exchange, ServerHandshake handshake, KeyLease lease, SocketScope scope)
    {
        using (Stranger stranger = strangers.Enter(accepted))
        {
            HandshakeFailure? failure = await exchange.AuthenticateClientAsync(handshake, lease.Secrets.Length);
            if (stranger.IsPushedOut)
                return PushedOut;
            if (failure is not null)
                return HandshakeFailed("", TunnelRole.Receiver, failure);
            ClientKey client = lease.ClientOf(handshake.SecretIndex);
            scope.EnterWith(client);
            if (client.IsRevoked)
                return Revoked;
        }

        scope.Place = await admission.TakeAsync(accepted.Loop, Options.Timeout);
        return scope.Place is null
            ? Establishment.Failed(ConnectionEnd.LimitReached, "as many connections as may be are open (raise the limit with -n)")
            : null;
    }

    private static Establishment Revoked => Establishment.Failed(
        ConnectionEnd.HandshakeFailed, "handshake: the client's key was removed meanwhile");

    private static Establishment PushedOut => Establishment.Failed(
        ConnectionEnd.MadeRoom,
        "handshake: it was silent while many others came, and had to make room (see --max-unauthenticated)");
}
