namespace SpipedNet.Protocol;

/// <summary>What a handshake yields: this end's sealer and opener. Disposing it zeroes the keys of both.</summary>
public sealed class SessionKeys : IDisposable
{
    // Each direction's keys: AES-256 key, then HMAC-SHA256 key.
    internal SessionKeys(ReadOnlySpan<byte> sealerKeys, ReadOnlySpan<byte> openerKeys)
    {
        Sealer = new PacketSealer(sealerKeys);
        Opener = new PacketOpener(openerKeys);
    }

    /// <summary>Seals what this end sends.</summary>
    public PacketSealer Sealer { get; }

    /// <summary>Opens what this end receives.</summary>
    public PacketOpener Opener { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sealer.Dispose();
        Opener.Dispose();
    }
}
