using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using SpipedNet.Hosting;
using SpipedNet.Logging;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Interop;
using Libc = SpipedNet.Hosting.Libc;

namespace SpipedNet.Status;

/// <summary>
/// The UNIX socket at which this process tells of its tunnels: who connects gets one document, and the connection ends.
/// Nothing is read from it. Only the daemon's user and root may connect. Without a place for it there is none.
/// </summary>
internal sealed class ControlSocket(ILogger logger) : IDisposable
{
    private const uint OwnerOnly = 0x180; // 0600
    private const UnixFileMode SystemMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode UserMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private BoundSource? _bound;
    private string? _path;
    private DocumentServer? _server;

    /// <summary>Binds it, for the user that this process will be.</summary>
    public void Bind(Identity identity)
    {
        foreach (string path in ControlPaths.ToBind())
        {
            string? error = TryBind(path);
            if (error is null)
            {
                _path = path;
                if (identity.User is not null || identity.Group is not null)
                    _ = Libc.lchown(path, identity.User ?? uint.MaxValue, identity.Group ?? uint.MaxValue);
                DaemonLog.ControlBound(logger, path);
                return;
            }

            DaemonLog.ControlUnbound(logger, path, error);
        }

        DaemonLog.ControlNowhere(logger);
    }

    /// <summary>Answers from now on.</summary>
    /// <param name="loop">Where; the document is made elsewhere.</param>
    /// <param name="snapshot">Tells of the process and its tunnels.</param>
    public void Serve(EventLoop loop, Func<ProcessStatus> snapshot)
    {
        if (_bound is null)
            return;
        string? unit = ControlPaths.UnitOf(_path!);
        _server = new DocumentServer(loop, _bound.TakeDescriptor(), () => StatusJson.Write(snapshot() with { Unit = unit }), logger);
        _server.Start();
    }

    /// <summary>Stops answering, and removes the socket's file.</summary>
    public void Dispose()
    {
        _server?.Stop();
        _bound?.Dispose();
    }

    private string? TryBind(string path)
    {
        if (!TunnelAddress.TryParse(path, out TunnelAddress? address, out string? error))
            return error;
        error = PrepareDirectory(Path.GetDirectoryName(path)!);
        if (error is not null)
            return error;
        ControlSocketFile.RemoveIfDead(path);
        _bound = BoundSource.TryBind(address, new UnixDomainSocketEndPoint(path), out error, OwnerOnly);
        return error;
    }

    // A service's directory is there already.
    private static string? PrepareDirectory(string directory)
    {
        try
        {
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(directory);
                // Whatever the umask: units' users have to pass.
                File.SetUnixFileMode(directory, directory == ControlPaths.SystemDirectory ? SystemMode : UserMode);
            }
            else if (directory == ControlPaths.SystemDirectory && Environment.IsPrivilegedProcess)
            {
                ControlSocketFile.RemoveDead(directory);
            }

            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return SystemError.Describe(directory, failure);
        }
    }
}
