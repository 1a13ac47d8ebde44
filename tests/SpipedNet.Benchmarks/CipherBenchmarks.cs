using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using SpipedNet.Protocol;
using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Benchmarks;

/// <summary>AES-256-CTR of a packet, as <see cref="PacketSealer"/> has it: the payload, then the length.</summary>
public class CipherBenchmarks
{
    private readonly byte[] _payload = RandomNumberGenerator.GetBytes(Packet.MaxPayload);
    private readonly byte[] _ciphertext = new byte[Packet.CiphertextSize];
    private PacketCipher? _cipher;
    private ulong _number;

    [GlobalSetup(Target = nameof(Hardware))]
    public void SetUpHardware() => _cipher = new HardwarePacketCipher(RandomNumberGenerator.GetBytes(Aes256.KeySize));

    [GlobalSetup(Target = nameof(Portable))]
    public void SetUpPortable() => _cipher = new PortablePacketCipher(RandomNumberGenerator.GetBytes(Aes256.KeySize));

    [Benchmark(Baseline = true), Bytes(Packet.MaxPayload)]
    public void Portable() => Encrypt();

    [Benchmark, Bytes(Packet.MaxPayload), Needs(typeof(Aes256))]
    public void Hardware() => Encrypt();

    [GlobalCleanup]
    public void Cleanup() => _cipher!.Dispose();

    private void Encrypt()
    {
        Span<byte> length = _ciphertext.AsSpan(Packet.MaxPayload);
        _cipher!.ApplyKeystream(_number, 0, _payload, _ciphertext);
        _cipher.ApplyKeystream(_number++, Packet.LengthBlock, length, length);
    }
}
