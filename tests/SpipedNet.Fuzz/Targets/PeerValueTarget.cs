using System.Numerics;
using System.Security.Cryptography;
using SpipedNet.Protocol;

namespace SpipedNet.Fuzz.Targets;

/// <summary>
/// A peer of either role that has the key and sends any number under a right MAC: the end accepts those of the group, and has
/// the session keys that follow from them; any other ends the handshake.
/// </summary>
internal sealed class PeerValueTarget : FuzzTarget
{
    private static readonly byte[] Key = SHA256.HashData("key"u8);
    private static readonly SharedSecret Secret = SharedSecret.FromDigest(Key);
    private static readonly ForwardSecrecy[] Choices = Enum.GetValues<ForwardSecrecy>();
    private static readonly BigInteger Modulus = Read(DiffieHellmanGroup14.Modulus);
    private static readonly BigInteger Limit = BigInteger.One << (8 * DiffieHellmanGroup14.ElementSize);
    private static readonly BigInteger ExponentOffset = BigInteger.One << 258;

    private long _refused;
    private long _accepted;
    private long _sessions;

    public override string Name => "peer-value";

    public override string Counts => $"{_refused + _accepted} handshakes, {_refused} of them refused, {_sessions} up to the session keys";

    public override void Try(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        bool isServer = reader.Byte() % 2 == 0;
        ForwardSecrecy secrecy = Choices[reader.Byte() % Choices.Length];
        BigInteger y = Number(ref reader);
        // The runtime's exponentiation takes a thousand times as long as all the rest.
        bool isWhole = reader.Byte() >= 0xf0;
        byte[] peerNonce = new byte[Handshake.NonceSize];
        reader.Bytes(peerNonce.Length).CopyTo(peerNonce);

        using Handshake end = isServer ? new ServerHandshake(Secret, secrecy) : new ClientHandshake(Secret, secrecy);
        byte[] nonces = isServer ? [.. peerNonce, .. end.Nonce] : [.. end.Nonce, .. peerNonce];
        end.ReceiveNonce(peerNonce);
        byte[] own = new byte[Handshake.AuthenticatedValueSize];
        if (!isServer)
            end.WriteValue(own);
        PeerValueCheck check = end.ReceiveValue(Authenticate(y, nonces, isServer));
        PeerValueCheck expected = y >= Modulus ? PeerValueCheck.OutOfRange
            : y.IsOne && secrecy == ForwardSecrecy.Required ? PeerValueCheck.WeakRefused
            : PeerValueCheck.Accepted;
        Require(check == expected, $"{y:x} is {expected}, not {check}");
        if (check != PeerValueCheck.Accepted)
        {
            Require(IsOver(end), "after a bad value there are no keys");
            _refused++;
            return;
        }

        _accepted++;
        if (!isWhole)
            return;
        if (isServer)
            end.WriteValue(own);
        CheckSession(end, SharedValue(end, y, secrecy), nonces, isServer);
    }

    // 0, p, the largest, or bytes of the input over the end of one of these; then a little more or less.
    private static BigInteger Number(ref InputReader reader)
    {
        byte[] bytes = new byte[DiffieHellmanGroup14.ElementSize];
        switch (reader.Byte() % 4)
        {
            case 1:
                DiffieHellmanGroup14.Modulus.CopyTo(bytes);
                break;
            case 2:
                Array.Fill(bytes, byte.MaxValue);
                break;
        }

        int before = reader.Below(bytes.Length + 1);
        sbyte more = (sbyte)reader.Byte();
        reader.Bytes(bytes.Length - before).CopyTo(bytes.AsSpan(before));
        return (Read(bytes) + more + Limit) % Limit;
    }

    private static byte[] Authenticate(BigInteger y, byte[] nonces, bool isServer)
    {
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        Span<byte> number = value.AsSpan(0, DiffieHellmanGroup14.ElementSize);
        Write(y, number);
        byte[] macKeys = Derive(nonces, 2 * HmacSha256.Size);
        HMACSHA256.HashData(isServer ? macKeys.AsSpan(0, HmacSha256.Size) : macKeys.AsSpan(HmacSha256.Size), number, value.AsSpan(number.Length));
        return value;
    }

    private static BigInteger SharedValue(Handshake end, BigInteger y, ForwardSecrecy secrecy) =>
        secrecy == ForwardSecrecy.Disabled || y.IsOne
            ? BigInteger.One
            : BigInteger.ModPow(y, ExponentOffset + Read(end.KeyPair!.Remains), Modulus);

    private void CheckSession(Handshake end, BigInteger shared, byte[] nonces, bool isServer)
    {
        byte[] salt = [.. nonces, .. new byte[DiffieHellmanGroup14.ElementSize]];
        Write(shared, salt.AsSpan(nonces.Length));
        byte[] keys = Derive(salt, KeySchedule.SessionKeysSize);
        byte[] clients = keys[..(keys.Length / 2)], servers = keys[(keys.Length / 2)..];
        using SessionKeys session = end.DeriveKeys();
        using var peersSealer = new PacketSealer(isServer ? clients : servers);
        using var peersOpener = new PacketOpener(isServer ? servers : clients);
        byte[] packet = new byte[Packet.Size], payload = new byte[Packet.MaxPayload];
        peersSealer.Seal("there"u8, packet);
        Require(session.Opener.Open(packet, payload).Length == 5, "the end opens what its peer seals");
        session.Sealer.Seal("back"u8, packet);
        Require(peersOpener.Open(packet, payload).Length == 4, "the peer opens what the end seals");
        _sessions++;
    }

    private static bool IsOver(Handshake end)
    {
        try
        {
            end.DeriveKeys().Dispose();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    // The runtime's own, for a second opinion on ours.
    private static byte[] Derive(byte[] salt, int size) => Rfc2898DeriveBytes.Pbkdf2(Key, salt, 1, HashAlgorithmName.SHA256, size);

    private static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static void Write(BigInteger number, Span<byte> bytes)
    {
        bytes.Clear();
        number.TryWriteBytes(bytes[(bytes.Length - number.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }
}
