using System.Globalization;
using System.Text;
using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>A tunnel's status for people: a block of lines, as <c>wg show</c> has it.</summary>
internal static class StatusText
{
    /// <summary>What a tunnel is called: its name, else its unit's, else where it listens.</summary>
    public static string NameOf(ProcessStatus process, TunnelStatus tunnel) => Printable.Of(tunnel.Name ?? process.Unit ?? tunnel.Source);

    /// <summary>Whether a name that somebody has typed means the tunnel.</summary>
    public static bool IsNamed(ProcessStatus process, TunnelStatus tunnel, string name) =>
        name == tunnel.Name || name == process.Unit || name == tunnel.Source || name == $"{process.Pid}";

    /// <summary>The block of a process that has read its configuration and keys again.</summary>
    public static string Of(ProcessStatus process, ReloadStatus reload, DateTimeOffset now) =>
        $"process: {process.Pid}, spiped-net {Printable.Of(process.Version)}\n  latest reload: {Ago(reload.At, now)}"
        + $"{(reload.Error is { } error ? $", failed, and nothing was changed: {Printable.Of(error)}" : "")}\n";

    /// <summary>The block of one tunnel.</summary>
    /// <param name="process">Whose tunnel it is.</param>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="now">The time.</param>
    /// <param name="rate">Bytes each second each way; null when that is not known.</param>
    public static string Of(ProcessStatus process, TunnelStatus tunnel, DateTimeOffset now, Payload? rate = null)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"tunnel: {NameOf(process, tunnel)}\n");
        foreach ((string label, string value) in Lines(process, tunnel, now, rate))
            text.Append(CultureInfo.InvariantCulture, $"  {label}: {Printable.Of(value)}\n");
        return text.ToString();
    }

    private static IEnumerable<(string Label, string Value)> Lines(
        ProcessStatus process, TunnelStatus tunnel, DateTimeOffset now, Payload? rate)
    {
        yield return ("process", $"{process.Pid}, spiped-net {process.Version}, {tunnel.Mode}ing");
        yield return ("source", string.Join(", ", new[] { tunnel.Source, Trouble(tunnel) }.OfType<string>()));
        if (tunnel.Allowed.Count > 0)
            yield return ("allowed", string.Join(", ", tunnel.Allowed));
        foreach (TargetStatus target in tunnel.Targets)
            yield return ("target", Target(target));
        if (tunnel.ProxyProtocol is not null)
            yield return ("proxy protocol", tunnel.ProxyProtocol);
        if (tunnel.Choice is not null)
            yield return ("chosen", tunnel.Choice);
        else if (tunnel.IsTargetReached == false)
            yield return ("target reached", "no");
        foreach (KeyStatus key in tunnel.Keys)
            yield return ("key", Key(key));
        if (tunnel.StartedAt is { } started)
            yield return ("started", Ago(started, now));
        yield return ("connections", Connections(tunnel));
        if (tunnel.ConnectionsEnded.Count > 0)
            yield return ("ended", Ended(tunnel.ConnectionsEnded));
        yield return ("transfer", $"{Size(tunnel.BytesEncrypted)} encrypted, {Size(tunnel.BytesDecrypted)} decrypted");
        if (rate is { } perSecond)
            yield return ("rate", $"{Size(perSecond.Encrypted)}/s encrypted, {Size(perSecond.Decrypted)}/s decrypted");
        if (tunnel.LastHandshakeAt is { } handshake)
            yield return ("latest handshake", Ago(handshake, now));
        if (tunnel.LastError is { } error)
            yield return ("latest error", $"{Ago(error.At, now)}: {error.Text}");
    }

    /// <summary>Why it takes no connections; null when it does.</summary>
    internal static string? Trouble(TunnelStatus tunnel) => tunnel.IsRemoved ? "removed"
        : tunnel.IsListening ? null
        : tunnel.IsSourceFound ? "not listening"
        : "not found: the file of its socket is gone";

    private static string Target(TargetStatus target) => target.Resolved is [] || target.Resolved is [var only] && only == target.Address
        ? target.Address
        : $"{target.Address} ({string.Join(", ", target.Resolved)})";

    // The only key of a tunnel has the tunnel's connections.
    private static string Key(KeyStatus key) => key.Name is null && !key.IsRevoked
        ? key.Fingerprint
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{(key.Name is null ? key.Fingerprint : $"{key.Name} ({key.Fingerprint})")}{(key.IsRevoked ? ", revoked" : "")}, {key.ConnectionsOpen:N0} open, {key.ConnectionsTotal:N0} since the start");

    private static string Connections(TunnelStatus tunnel)
    {
        string limit = tunnel.ConnectionsLimit is { } most ? string.Create(CultureInfo.InvariantCulture, $" of {most:N0}") : "";
        string draining = Some(tunnel.ConnectionsDraining, tunnel.IsRemoved ? "from before it was removed" : "from before it was changed");
        string unproven = Some(tunnel.ConnectionsUnproven, "not yet authenticated");
        return string.Create(
            CultureInfo.InvariantCulture, $"{tunnel.ConnectionsOpen:N0}{limit} open{draining}{unproven}, {tunnel.ConnectionsTotal:N0} since the start");
    }

    /// <summary>A part of a line about connections; empty when there is none.</summary>
    internal static string Some(int count, string what) =>
        count > 0 ? string.Create(CultureInfo.InvariantCulture, $", {count:N0} {what}") : "";

    // The most frequent first.
    private static string Ended(IReadOnlyDictionary<string, long> ended) => string.Join(", ", ended
        .OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal)
        .Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Value:N0} {Words(reason.Key)}")));

    private static string Words(string reason) => reason switch
    {
        "cancelled" => "ended by this process",
        "not_allowed" => "not allowed (--allow)",
        _ => reason.Replace('_', ' '),
    };

    /// <summary>A time that has passed, in its two largest units.</summary>
    internal static string Ago(DateTimeOffset then, DateTimeOffset now)
    {
        TimeSpan passed = now - then;
        if (passed < TimeSpan.FromSeconds(1))
            return "now";
        (int Count, string Unit)[] parts =
            [(passed.Days, "day"), (passed.Hours, "hour"), (passed.Minutes, "minute"), (passed.Seconds, "second")];
        return string.Join(", ", parts.SkipWhile(part => part.Count == 0).Take(2).Where(part => part.Count > 0)
            .Select(part => $"{part.Count} {part.Unit}{(part.Count == 1 ? "" : "s")}")) + " ago";
    }

    /// <summary>A number of bytes.</summary>
    internal static string Size(long bytes)
    {
        string[] units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        if (bytes < 1024)
            return $"{bytes} B";
        double amount = bytes;
        int unit = -1;
        while (amount >= 1024 && unit < units.Length - 1)
            (amount, unit) = (amount / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} {units[unit]}");
    }
}
