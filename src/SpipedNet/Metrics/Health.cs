using SpipedNet.Tunnel;

namespace SpipedNet.Metrics;

/// <summary>Whether all is well, and what is not.</summary>
internal static class Health
{
    /// <summary>What is wrong, a line each; empty when nothing is.</summary>
    /// <param name="tunnels">The tunnels.</param>
    /// <param name="areTargetsAsked">Whether a target that is known not to be reached is wrong, too.</param>
    public static IEnumerable<string> Complaints(IEnumerable<TunnelStatus> tunnels, bool areTargetsAsked)
    {
        foreach (TunnelStatus tunnel in tunnels.Where(tunnel => !tunnel.IsRemoved))
        {
            string name = TunnelMeter.NameOf(tunnel);
            if (!tunnel.IsListening)
                yield return $"{name}: does not take connections{(tunnel.IsSourceFound ? "" : ", for the file of its socket is gone")}";
            if (areTargetsAsked && tunnel.IsTargetReached == false)
                yield return $"{name}: does not reach its target";
        }
    }

    /// <summary>The answer to GET /healthz.</summary>
    public static HttpResponse Respond(IEnumerable<TunnelStatus> tunnels, bool areTargetsAsked)
    {
        string[] complaints = [.. Complaints(tunnels, areTargetsAsked)];
        return complaints.Length == 0 ? HttpResponse.Text(200, "ok") : HttpResponse.Text(503, string.Join('\n', complaints));
    }
}
