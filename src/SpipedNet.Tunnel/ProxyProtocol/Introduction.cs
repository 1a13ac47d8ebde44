using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel.ProxyProtocol;

/// <summary>Tells a target who the client is, before anything else (<c>--proxy-protocol</c>).</summary>
internal static class Introduction
{
    /// <summary>Sends the header of an accepted connection to its target.</summary>
    /// <returns>Null, or why the target must not get a byte of this connection.</returns>
    public static async ValueTask<string?> SendAsync(StreamSocket target, ProxyVersion version, StreamSocket accepted)
    {
        byte[] header = new byte[ProxyHeader.MaxLength];
        int length = ProxyHeader.Write(version, accepted.Peer as System.Net.IPEndPoint, accepted.Local, header);
        Errno error = await target.SendAllAsync(header.AsMemory(0, length));
        // A target that has gone already may have said why, which is still to be passed on, and takes nothing more. After
        // any other error it could take the client's bytes for a header, and the client for whom it likes.
        return error is Errno.None or Errno.ConnectionReset or Errno.BrokenPipe
            ? null
            : $"the PROXY header: {error.Describe()}";
    }
}
