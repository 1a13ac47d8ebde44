using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>What a process tells of itself over its control socket.</summary>
/// <param name="Version">The program's.</param>
/// <param name="Pid">The process.</param>
/// <param name="Unit">The systemd unit that it is; null for none.</param>
/// <param name="Tunnels">Its tunnels.</param>
internal sealed record ProcessStatus(string Version, int Pid, string? Unit, IReadOnlyList<TunnelStatus> Tunnels)
{
    /// <summary>This process's.</summary>
    public static ProcessStatus Of(string? unit, IReadOnlyList<TunnelStatus> tunnels) =>
        new(ProgramText.Version, Environment.ProcessId, unit, tunnels);
}
