using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>
/// A spiped client written a second time, with .NET's cryptography only and as if with <c>-f</c>: it knows all keys of its
/// session, and may send what no real client sends.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private const int NonceSize = 32, ValueSize = 256, MacSize = 32, PayloadSize = 1024, CipherBlock = 16;

    private readonly Socket _socket;
    private readonly byte[] _sessionKeys;
    private ulong _packets;

    private RawClient(Socket socket, byte[] sharedSecret, byte[] sessionKeys) =>
        (_socket, SharedSecret, _sessionKeys) = (socket, sharedSecret, sessionKeys);

    /// <summary>K.</summary>
    public byte[] SharedSecret { get; }

    /// <summary>E_C, H_C, E_S and H_S, each 32 bytes.</summary>
    public IReadOnlyList<byte[]> SessionKeys => _sessionKeys.Chunk(32).ToArray();

    public static async Task<RawClient> ConnectAsync(TestAddress receiver, byte[] keyFile)
    {
        byte[] secret = SHA256.HashData(keyFile), nonce = RandomNumberGenerator.GetBytes(NonceSize);
        Socket socket = await receiver.ConnectAsync();
        await socket.SendAsync(nonce);
        byte[] nonces = [.. nonce, .. await ReceiveAsync(socket, NonceSize)];
        byte[] authentication = Derive(secret, nonces, 2 * MacSize);
        byte[] value = new byte[ValueSize];
        value[^1] = 1;
        await socket.SendAsync((byte[])[.. value, .. HMACSHA256.HashData(authentication[..MacSize], value)]);
        await ReceiveAsync(socket, ValueSize + MacSize);
        // Whatever the server's exponent is, 1 to its power is 1.
        return new RawClient(socket, secret, Derive(secret, [.. nonces, .. value], 128));
    }

    /// <summary>The next packet; its authentic length field says what it is told to.</summary>
    public byte[] Seal(byte[] payload, uint? length = null)
    {
        byte[] packet = new byte[PayloadSize + sizeof(uint)];
        payload.CopyTo(packet, 0);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(PayloadSize), length ?? (uint)payload.Length);
        Encrypt(packet);
        byte[] number = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, _packets++);
        return [.. packet, .. HMACSHA256.HashData(SessionKeys[1], (byte[])[.. packet, .. number])];
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(byte[] bytes) => await _socket.SendAsync(bytes);

    /// <summary>Ends the direction to the server.</summary>
    public void CloseOutput() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Waits for the end of what the server sends.</summary>
    public async Task EndsAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        while (await _socket.ReceiveAsync(new byte[4096]) > 0)
            continue;
    }

    public void Dispose() => _socket.Dispose();

    private void Encrypt(Span<byte> data)
    {
        using var aes = Aes.Create();
        aes.Key = SessionKeys[0];
        byte[] counter = new byte[CipherBlock];
        BinaryPrimitives.WriteUInt64BigEndian(counter, _packets);
        for (int start = 0; start < data.Length; start += CipherBlock)
        {
            BinaryPrimitives.WriteUInt64BigEndian(counter.AsSpan(sizeof(ulong)), (ulong)(start / CipherBlock));
            byte[] stream = aes.EncryptEcb(counter, PaddingMode.None);
            for (int i = start; i < int.Min(start + CipherBlock, data.Length); i++)
                data[i] ^= stream[i - start];
        }
    }

    private static byte[] Derive(byte[] secret, byte[] salt, int size) =>
        Rfc2898DeriveBytes.Pbkdf2(secret, salt, 1, HashAlgorithmName.SHA256, size);

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        byte[] buffer = new byte[count];
        using var stream = new NetworkStream(socket);
        await Deadline.ForAsync(stream.ReadExactlyAsync(buffer).AsTask(), $"{count} bytes of the handshake");
        return buffer;
    }
}
