namespace SpipedNet.Protocol;

/// <summary>What a handshake yields: the sealer of this end's packets and the opener of the peer's.</summary>
public sealed class SessionKeys : IDisposable
{
    private readonly PacketKeys _sending;
    private readonly PacketKeys _receiving;

    internal SessionKeys(ReadOnlySpan<byte> sending, ReadOnlySpan<byte> receiving)
    {
        _sending = new PacketKeys(sending);
        _receiving = new PacketKeys(receiving);
        Sealer = new PacketSealer(_sending);
        Opener = new PacketOpener(_receiving);
    }

    /// <summary>Seals what this end sends.</summary>
    public PacketSealer Sealer { get; }

    /// <summary>Opens what this end receives.</summary>
    public PacketOpener Opener { get; }

    /// <summary>Zeroes the keys of both directions; neither sealer nor opener may be used any more.</summary>
    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }
}
