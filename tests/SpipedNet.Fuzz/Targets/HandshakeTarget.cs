using System.Security.Cryptography;
using SpipedNet.Protocol;

namespace SpipedNet.Fuzz.Targets;

/// <summary>
/// A client and a server whose messages are changed as the input says: an end accepts exactly the values that the other
/// has made for these nonces with the same key, and then both have the same session keys.
/// </summary>
internal sealed class HandshakeTarget : FuzzTarget
{
    private static readonly SharedSecret Secret = SharedSecret.FromKeyMaterial("key"u8);
    private static readonly SharedSecret OtherSecret = SharedSecret.FromKeyMaterial("another key"u8);

    private long _accepted;
    private long _refused;

    public override string Name => "handshake";

    public override string Counts => $"{_accepted + _refused} handshakes, {_refused} of them refused";

    public override void Try(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        bool isClientsChanged = reader.Byte() % 2 == 0;
        int kind = reader.Byte() % 7;
        // Without an exponentiation, unless the input asks for the whole.
        ForwardSecrecy secrecy = kind == 6 ? ForwardSecrecy.Preferred : ForwardSecrecy.Disabled;
        using var client = new ClientHandshake(Secret, secrecy);
        using var server = new ServerHandshake(kind == 5 ? OtherSecret : Secret, secrecy);
        byte[] nonce = client.Nonce.ToArray();
        if (kind == 1)
            nonce[reader.Below(nonce.Length)] ^= (byte)(1 << (reader.Byte() % 8));
        client.ReceiveNonce(server.Nonce);
        server.ReceiveNonce(nonce);
        bool isAccepted = Pass(client, server, kind is 1 or 5, isClientsChanged ? kind : 0, ref reader)
            && Pass(server, client, false, isClientsChanged ? 0 : kind, ref reader);
        if (isAccepted)
            Finish(client, server);
        else
            _refused++;
    }

    // Whether the receiver has accepted the value, which it must if and only if nothing was changed.
    private static bool Pass(Handshake sender, Handshake receiver, bool isDifferent, int kind, ref InputReader reader)
    {
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        sender.WriteValue(value);
        bool isChanged = Change(ref reader, kind, value) || isDifferent;
        PeerValueCheck check = receiver.ReceiveValue(value);
        Require(check == PeerValueCheck.Accepted == !isChanged, $"a value that was {(isChanged ? "" : "not ")}changed is {check}");
        return !isChanged;
    }

    private static bool Change(ref InputReader reader, int kind, byte[] value)
    {
        byte[] before = [.. value];
        if (kind == 2) // a bit
            value[reader.Below(value.Length)] ^= (byte)(1 << (reader.Byte() % 8));
        else if (kind == 3) // bytes of the input
            reader.Bytes(value.Length).CopyTo(value);
        else if (kind == 4) // one byte all over
            Array.Fill(value, reader.Byte());
        return !before.AsSpan().SequenceEqual(value);
    }

    private void Finish(ClientHandshake client, ServerHandshake server)
    {
        using SessionKeys clients = client.DeriveKeys(), servers = server.DeriveKeys();
        byte[] packet = new byte[Packet.Size], payload = new byte[Packet.MaxPayload];
        clients.Sealer.Seal("there"u8, packet);
        Require(servers.Opener.Open(packet, payload).Length == 5, "the server opens what the client seals");
        servers.Sealer.Seal("back"u8, packet);
        Require(clients.Opener.Open(packet, payload).Length == 4, "the client opens what the server seals");
        Require(!CryptographicOperations.FixedTimeEquals(packet.AsSpan(0, 4), "back"u8), "it is encrypted");
        _accepted++;
    }
}
