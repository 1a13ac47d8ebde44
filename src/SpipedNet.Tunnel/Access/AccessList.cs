using System.Net;
using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel.Access;

/// <summary>
/// Who may connect (<c>--allow</c>). Whoever may not is reset as soon as it is accepted: not a byte goes to it, and it takes
/// no place of any limit. Thread-safe.
/// </summary>
internal sealed class AccessList(IReadOnlyList<AddressRange> allowed, EventLoop loop, ILogger logger)
{
    private static readonly TimeSpan EpisodeGap = TimeSpan.FromMinutes(1);

    private readonly RefusalLog _log = new(loop, EpisodeGap, logger);

    /// <summary>Whether a connection may go on; its descriptor is closed when it may not.</summary>
    /// <param name="descriptor">The accepted socket.</param>
    /// <param name="peer">Who has connected; null at a UNIX socket.</param>
    public bool Admits(int descriptor, EndPoint? peer)
    {
        if (allowed.Count == 0)
            return true;
        IPAddress? address = (peer as IPEndPoint)?.Address;
        if (address is not null && IsAllowed(address))
            return true;
        StreamSocket.CloseWithReset(descriptor);
        _log.Refused(peer is null ? "a UNIX socket" : NativeAddress.Format(peer), SourceNetwork.Of(address));
        return false;
    }

    /// <summary>Tells of those that were not told one by one.</summary>
    public void TellRest() => _log.TellRest();

    private bool IsAllowed(IPAddress address)
    {
        for (int i = 0; i < allowed.Count; i++)
        {
            if (allowed[i].Contains(address))
                return true;
        }

        return false;
    }
}
