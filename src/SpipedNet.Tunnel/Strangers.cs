using System.Net;
using SpipedNet.Tunnel.Access;

namespace SpipedNet.Tunnel;

/// <summary>
/// Connections whose client has not proved yet that it has the key. They take no place of the limit for connections, and
/// have limits of their own: in all and from one address. Nobody is refused: who has been here the longest, and so has
/// been silent the longest, makes room for the next. A client that has the key needs a round trip. Thread-safe.
/// </summary>
internal sealed class Strangers(int limit, int limitPerAddress)
{
    // A burst of clients that have the key is a burst of strangers at first: never fewer than may be open afterwards.
    private const int LeastLimit = 10_000, LeastLimitPerAddress = 1_000;

    private readonly Lock _lock = new();
    private readonly LinkedList<Stranger> _all = [];
    private readonly Dictionary<ulong, LinkedList<Stranger>> _byAddress = [];

    /// <summary>As the options say; and the others keep half of the descriptors that this process may have.</summary>
    public static Strangers Within(TunnelOptions options) => new(
        Math.Min(options.MaxStrangers ?? Math.Max(options.MaxConnections, LeastLimit), DescriptorLimit.Current / 2),
        options.MaxStrangersPerAddress ?? Math.Max(options.MaxConnections, LeastLimitPerAddress));

    /// <summary>Counts a connection until it is disposed, and may push out another. On the socket's loop.</summary>
    public Stranger Enter(StreamSocket socket)
    {
        var stranger = new Stranger(this, socket, SourceNetwork.Of((socket.Peer as IPEndPoint)?.Address));
        Stranger? pushedOut;
        lock (_lock)
        {
            _all.AddLast(stranger.InAll);
            pushedOut = AddByAddress(stranger) ?? (_all.Count > limit ? _all.First!.Value : null);
            if (pushedOut is not null)
                Remove(pushedOut);
        }

        pushedOut?.PushOut();
        return stranger;
    }

    /// <summary>Makes room when the system has none; false when there is nobody to push out.</summary>
    public bool PushOutOldest(int count)
    {
        bool isAny = false;
        for (; count > 0; count--)
        {
            Stranger? oldest;
            lock (_lock)
            {
                oldest = _all.First?.Value;
                if (oldest is null)
                    break;
                Remove(oldest);
            }

            isAny = true;
            oldest.PushOut();
        }

        return isAny;
    }

    public void Leave(Stranger stranger)
    {
        lock (_lock)
            Remove(stranger);
    }

    // The one that has to leave for it, if that address has too many.
    private Stranger? AddByAddress(Stranger stranger)
    {
        if (stranger.AddressKey is not { } key)
            return null;
        if (!_byAddress.TryGetValue(key, out LinkedList<Stranger>? same))
            _byAddress.Add(key, same = []);
        same.AddLast(stranger.InAddress);
        return same.Count > limitPerAddress ? same.First!.Value : null;
    }

    private void Remove(Stranger stranger)
    {
        if (stranger.InAll.List is null)
            return;
        _all.Remove(stranger.InAll);
        if (stranger.AddressKey is not { } key)
            return;
        LinkedList<Stranger> same = stranger.InAddress.List!;
        same.Remove(stranger.InAddress);
        if (same.Count == 0)
            _byAddress.Remove(key);
    }
}

/// <summary>One of the <see cref="Strangers"/>; disposed when it has proved its key, or failed to.</summary>
internal sealed class Stranger : IDisposable
{
    private readonly Strangers _strangers;
    private readonly StreamSocket _socket;
    private bool _hasLeft; // the loop's

    public Stranger(Strangers strangers, StreamSocket socket, ulong? addressKey)
    {
        (_strangers, _socket, AddressKey) = (strangers, socket, addressKey);
        InAll = new LinkedListNode<Stranger>(this);
        InAddress = new LinkedListNode<Stranger>(this);
    }

    public ulong? AddressKey { get; }

    public LinkedListNode<Stranger> InAll { get; }

    public LinkedListNode<Stranger> InAddress { get; }

    /// <summary>Whether its socket was cancelled for another's sake. On the loop.</summary>
    public bool IsPushedOut { get; private set; }

    public void PushOut() => _socket.Loop.Post(() =>
    {
        if (_hasLeft)
            return;
        IsPushedOut = true;
        _socket.Cancel();
    });

    public void Dispose()
    {
        _hasLeft = true;
        _strangers.Leave(this);
    }
}
