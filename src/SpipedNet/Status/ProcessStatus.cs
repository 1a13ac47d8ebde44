using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>What a process tells of itself over its control socket.</summary>
/// <param name="Version">The program's.</param>
/// <param name="Pid">The process.</param>
/// <param name="Unit">The systemd unit that it is; null for none.</param>
/// <param name="Tunnels">Its tunnels.</param>
/// <param name="LastReload">How its last reload went; null before the first.</param>
internal sealed record ProcessStatus(
    string Version, int Pid, string? Unit, IReadOnlyList<TunnelStatus> Tunnels, ReloadStatus? LastReload = null)
{
    /// <summary>The process that listens at the socket, as the kernel has it; 0 when that is unknown here.</summary>
    public int Peer { get; init; }

    /// <summary>This process's, which is no unit.</summary>
    public static ProcessStatus Of(IReadOnlyList<TunnelStatus> tunnels, ReloadStatus? lastReload) =>
        new(ProgramText.Version, Environment.ProcessId, Unit: null, tunnels, lastReload);
}

/// <summary>How a reload went.</summary>
/// <param name="BeganAt">When it began, after it was asked for.</param>
/// <param name="At">When it ended.</param>
/// <param name="Error">The first thing that was wrong, for which nothing was changed; null when it succeeded.</param>
internal sealed record ReloadStatus(DateTimeOffset BeganAt, DateTimeOffset At, string? Error);
