using System.Globalization;
using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>The status of many tunnels for people: a line each.</summary>
internal static class StatusTable
{
    /// <summary>The table, and what failed in a line each.</summary>
    /// <param name="processes">Whose tunnels they are.</param>
    /// <param name="now">The time.</param>
    /// <param name="rates">Bytes each second each way, instead of their sums; null for the sums.</param>
    public static string Of(IReadOnlyList<ProcessStatus> processes, DateTimeOffset now, IReadOnlyDictionary<string, Payload>? rates)
    {
        string unit = rates is null ? "" : "/S";
        string[] head = ["TUNNEL", "SOURCE", "TARGET", "OPEN", "TOTAL", $"ENCRYPTED{unit}", $"DECRYPTED{unit}", ""];
        var rows = from process in processes from tunnel in process.Tunnels select Row(process, tunnel, rates);
        IEnumerable<string> failures =
            from process in processes
            let reload = process.LastReload
            where reload?.Error is not null
            select StatusText.Of(process, reload, now);
        return Align([head, .. rows]) + string.Concat(failures);
    }

    private static string[] Row(ProcessStatus process, TunnelStatus tunnel, IReadOnlyDictionary<string, Payload>? rates)
    {
        Payload payload = rates is null
            ? new Payload(tunnel.BytesEncrypted, tunnel.BytesDecrypted)
            : rates.GetValueOrDefault(StatusRates.KeyOf(process, tunnel));
        return
        [
            StatusText.NameOf(process, tunnel), Printable.Of(tunnel.Source), Targets(tunnel.Targets),
            Number(tunnel.ConnectionsOpen + tunnel.ConnectionsDraining), Number(tunnel.ConnectionsTotal),
            StatusText.Size(payload.Encrypted), StatusText.Size(payload.Decrypted), Remark(tunnel),
        ];
    }

    private static string Targets(IReadOnlyList<TargetStatus> targets) => targets switch
    {
        [] => "",
        [var only] => Printable.Of(only.Address),
        [var first, ..] => $"{Printable.Of(first.Address)} +{targets.Count - 1}",
    };

    private static string Remark(TunnelStatus tunnel) =>
        StatusText.Trouble(tunnel) ?? (tunnel.IsTargetReached == false ? "target not reached" : "");

    // Names to the left, numbers to the right; the remark, which most lines lack, ends the line.
    private static string Align(string[][] rows)
    {
        const int Names = 3;
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return string.Concat(rows.Select(row => string.Join("  ", row.Select((cell, column) =>
            column < Names ? cell.PadRight(widths[column]) : column < row.Length - 1 ? cell.PadLeft(widths[column]) : cell)).TrimEnd() + "\n"));
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
