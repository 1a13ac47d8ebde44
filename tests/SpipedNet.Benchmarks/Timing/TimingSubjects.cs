using SpipedNet.Protocol;
using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Benchmarks.Timing;

/// <summary>What is known to leak, so that the test is known to find it: a comparison that stops at the first difference.</summary>
internal sealed class EarlyExit() : TimingSubject("control: a comparison with an early exit", 100_000)
{
    private readonly byte[] _secret = new byte[Packet.Size];
    private readonly byte[] _guess = new byte[Packet.Size];
    private bool _isSame;

    public override void Prepare(bool isFixed, Random random)
    {
        random.NextBytes(_secret);
        _secret.CopyTo(_guess, 0);
        _guess[isFixed ? 0 : ^1] ^= 1;
    }

    public override void Run() => _isSame ^= _secret.AsSpan().SequenceEqual(_guess);
}

/// <summary>A packet whose MAC is wrong in its first or in its last byte.</summary>
internal sealed class MacComparison() : TimingSubject("a packet's MAC, wrong in its first or last byte", 100_000)
{
    private static readonly byte[] Keys = new byte[64];

    private readonly byte[] _good = new byte[Packet.Size];
    private readonly byte[] _packet = new byte[Packet.Size];
    private readonly byte[] _payload = new byte[Packet.MaxPayload];
    private PacketOpener? _opener;

    public override void Prepare(bool isFixed, Random random)
    {
        random.NextBytes(_payload);
        using (var sealer = new PacketSealer(Keys))
            sealer.Seal(_payload, _good);
        _good.CopyTo(_packet, 0);
        _packet[isFixed ? Packet.CiphertextSize : ^1] ^= 1;
        // After a bad packet it opens nothing more.
        _opener?.Dispose();
        _opener = new PacketOpener(Keys);
    }

    public override void Run() => _opener!.Open(_packet, _payload);
}

/// <summary>The value's MAC in a handshake, wrong in its first or in its last byte.</summary>
internal sealed class ValueMacComparison() : TimingSubject("a handshake's MAC, wrong in its first or last byte", 50_000)
{
    private readonly SharedSecret _secret = SharedSecret.FromKeyMaterial("key"u8);
    private readonly byte[] _value = new byte[Handshake.AuthenticatedValueSize];
    private ServerHandshake? _server;

    public override void Prepare(bool isFixed, Random random)
    {
        _server?.Dispose();
        _server = new ServerHandshake(_secret, ForwardSecrecy.Preferred);
        using var client = new ClientHandshake(_secret, ForwardSecrecy.Disabled);
        client.ReceiveNonce(_server.Nonce);
        _server.ReceiveNonce(client.Nonce);
        client.WriteValue(_value);
        _value[isFixed ? DiffieHellmanGroup14.ElementSize : ^1] ^= 1;
    }

    public override void Run() => _server!.ReceiveValue(_value);
}

/// <summary>
/// As many look-ups in a power's table as an exponent has windows, of the first number always or of random ones.
/// </summary>
internal sealed unsafe class TableLookUp() : TimingSubject("64 look-ups in a table, the first or random ones", 100_000)
{
    private const int Numbers = 16, Windows = 64;

    private static readonly Group14Field Field = Group14Ifma.IsSupported ? new Group14Ifma() : new Group14Avx2();
    private readonly byte[] _random = new byte[Windows];
    private readonly int[] _indices = new int[Windows];
    private readonly ulong* _table = Group14Field.Allocate(Numbers * Field.Words);
    private readonly ulong* _number = Group14Field.Allocate(Field.Words);

    public override void Prepare(bool isFixed, Random random)
    {
        random.NextBytes(_random);
        for (int i = 0; i < Windows; i++)
            _indices[i] = (isFixed ? 0 : _random[i]) % Numbers;
    }

    public override void Run()
    {
        foreach (int index in _indices)
            Field.Select(_table, Numbers, index, _number);
    }
}

/// <summary>A power whose secret exponent is always the same, of one window's value all over, or random.</summary>
internal sealed class Exponentiation(string name, byte fixedByte, Exponentiation.Power power) : TimingSubject(name, 10_000)
{
    public delegate void Power(ReadOnlySpan<byte> element, ReadOnlySpan<byte> x, Span<byte> result);

    private readonly byte[] _fixed = [.. Enumerable.Repeat(fixedByte, DiffieHellmanGroup14.ExponentSize)];
    private readonly byte[] _random = new byte[DiffieHellmanGroup14.ExponentSize];
    private readonly byte[] _x = new byte[DiffieHellmanGroup14.ExponentSize];
    private readonly byte[] _element = [0, .. Enumerable.Repeat((byte)0x5a, DiffieHellmanGroup14.ElementSize - 1)];
    private readonly byte[] _result = new byte[DiffieHellmanGroup14.ElementSize];

    public override void Prepare(bool isFixed, Random random)
    {
        random.NextBytes(_random);
        (isFixed ? _fixed : _random).CopyTo(_x, 0);
    }

    public override void Run() => power(_element, _x, _result);
}
