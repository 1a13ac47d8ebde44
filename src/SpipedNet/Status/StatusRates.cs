using System.Diagnostics;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>How much tunnels carry each second, from one look at them to the next.</summary>
internal sealed class StatusRates
{
    private Dictionary<string, Payload> _last = [];
    private long _lastTime;

    /// <summary>What tells a tunnel from all others.</summary>
    public static string KeyOf(ProcessStatus process, TunnelStatus tunnel) => $"{process.Pid} {tunnel.Name} {tunnel.Source} {tunnel.StartedAt}";

    /// <summary>Takes a look.</summary>
    /// <returns>Bytes a second of each that was there the last time, too.</returns>
    public IReadOnlyDictionary<string, Payload> Next(IEnumerable<ProcessStatus> processes, long time)
    {
        double seconds = Math.Max(Stopwatch.GetElapsedTime(_lastTime, time).TotalSeconds, 0.001);
        var now = new Dictionary<string, Payload>();
        foreach (ProcessStatus process in processes)
        {
            foreach (TunnelStatus tunnel in process.Tunnels)
                now[KeyOf(process, tunnel)] = new Payload(tunnel.BytesEncrypted, tunnel.BytesDecrypted);
        }

        var rates = new Dictionary<string, Payload>();
        foreach ((string key, Payload sum) in now)
        {
            if (_last.TryGetValue(key, out Payload before))
                rates[key] = new Payload(PerSecond(sum.Encrypted - before.Encrypted), PerSecond(sum.Decrypted - before.Decrypted));
        }

        (_last, _lastTime) = (now, time);
        return rates;

        long PerSecond(long bytes) => (long)Math.Round(bytes / seconds);
    }
}
