using System.Net.Sockets;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Status;

/// <summary>
/// Files of sockets whose processes are gone: killed, or no longer allowed to remove them once they had become another user (-u).
/// </summary>
internal static class ControlSocketFile
{
    /// <summary>Removes the files of processes that do not exist any more.</summary>
    public static void RemoveDead(string directory)
    {
        foreach (string path in Directory.GetFiles(directory, "*.sock"))
        {
            if (ControlPaths.ProcessOf(path) is { } id && !Directory.Exists($"/proc/{id}"))
                RemoveIfDead(path);
        }
    }

    /// <summary>Removes the file if nobody listens there: a process that is not seen here may live in another container.</summary>
    public static void RemoveIfDead(string path)
    {
        // A connect to any other file is refused, too.
        if (FileIdentity.Of(path)?.Kind != FileKind.Socket)
            return;
        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // It may be alive.
        }
    }
}
