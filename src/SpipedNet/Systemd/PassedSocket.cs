using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SpipedNet.Systemd;

/// <summary>The listening socket that a service manager has started this process with (sd_listen_fds(3)).</summary>
internal static class PassedSocket
{
    // SD_LISTEN_FDS_START
    private const int FirstDescriptor = 3;

    private const string CountVariable = "LISTEN_FDS";
    private const string ProcessVariable = "LISTEN_PID";
    private const string NamesVariable = "LISTEN_FDNAMES";

    /// <summary>Reads the variables and removes them. What the descriptor is remains to be seen.</summary>
    /// <param name="descriptor">The socket, when the result is true.</param>
    /// <param name="error">One line, when the result is false.</param>
    public static bool TryTake([NotNullWhen(true)] out int? descriptor, [NotNullWhen(false)] out string? error)
    {
        bool isOurs = InheritedVariable.Take(ProcessVariable) == $"{Environment.ProcessId}";
        bool isCounted = int.TryParse(InheritedVariable.Take(CountVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        InheritedVariable.Take(NamesVariable);
        error = (isOurs && isCounted ? count : 0) switch
        {
            1 => null,
            0 => $"cannot listen on systemd: (-s): no socket was passed to this process ({CountVariable}, {ProcessVariable}); "
                + "start it by a socket unit, or give an address",
            _ => $"cannot listen on systemd: (-s): {count} sockets were passed to this process, and one tunnel has one; "
                + "leave one ListenStream= in the socket unit",
        };
        descriptor = error is null ? FirstDescriptor : null;
        return error is null;
    }
}
