using System.Text.Json;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>A tunnel's part of the JSON.</summary>
internal static class TunnelStatusJson
{
    public static void Write(Utf8JsonWriter writer, TunnelStatus tunnel)
    {
        writer.WriteStartObject();
        writer.WriteString("name", tunnel.Name);
        writer.WriteString("mode", tunnel.Mode);
        writer.WriteString("source", tunnel.Source);
        writer.WriteBoolean("is_listening", tunnel.IsListening);
        writer.WriteBoolean("is_source_found", tunnel.IsSourceFound);
        writer.WriteBoolean("is_removed", tunnel.IsRemoved);
        writer.WriteStartArray("allowed");
        foreach (string range in tunnel.Allowed)
            writer.WriteStringValue(range);
        writer.WriteEndArray();
        writer.WriteString("proxy_protocol", tunnel.ProxyProtocol);
        writer.WriteStartArray("targets");
        foreach (TargetStatus target in tunnel.Targets)
            Write(writer, target);
        writer.WriteEndArray();
        writer.WriteString("choice", tunnel.Choice);
        WriteBoolean(writer, "is_target_reached", tunnel.IsTargetReached);
        writer.WriteStartArray("keys");
        foreach (KeyStatus key in tunnel.Keys)
            Write(writer, key);
        writer.WriteEndArray();
        WriteTime(writer, "started_at", tunnel.StartedAt);
        WriteConnections(writer, tunnel);
        writer.WriteNumber("bytes_encrypted", tunnel.BytesEncrypted);
        writer.WriteNumber("bytes_decrypted", tunnel.BytesDecrypted);
        WriteTime(writer, "last_handshake_at", tunnel.LastHandshakeAt);
        Write(writer, tunnel.LastError);
        writer.WriteEndObject();
    }

    public static TunnelStatus Read(JsonElement tunnel) => new()
    {
        Name = Text(tunnel, "name"),
        Mode = Required(tunnel, "mode"),
        Source = Required(tunnel, "source"),
        IsListening = tunnel.GetProperty("is_listening").GetBoolean(),
        IsSourceFound = !tunnel.TryGetProperty("is_source_found", out JsonElement isFound) || isFound.GetBoolean(),
        IsRemoved = tunnel.GetProperty("is_removed").GetBoolean(),
        Allowed = tunnel.TryGetProperty("allowed", out JsonElement allowed) ? [.. allowed.EnumerateArray().Select(range => range.GetString() ?? "")] : [],
        ProxyProtocol = tunnel.TryGetProperty("proxy_protocol", out JsonElement version) ? version.GetString() : null,
        Targets = [.. tunnel.GetProperty("targets").EnumerateArray().Select(ReadTarget)],
        Choice = Text(tunnel, "choice"),
        IsTargetReached = IsNull(tunnel, "is_target_reached") ? null : tunnel.GetProperty("is_target_reached").GetBoolean(),
        Keys = [.. tunnel.GetProperty("keys").EnumerateArray().Select(ReadKey)],
        StartedAt = Time(tunnel, "started_at"),
        ConnectionsOpen = tunnel.GetProperty("connections_open").GetInt32(),
        ConnectionsDraining = tunnel.GetProperty("connections_draining").GetInt32(),
        ConnectionsUnproven = tunnel.GetProperty("connections_unproven").GetInt32(),
        ConnectionsLimit = IsNull(tunnel, "connections_limit") ? null : tunnel.GetProperty("connections_limit").GetInt32(),
        ConnectionsTotal = tunnel.GetProperty("connections_total").GetInt64(),
        ConnectionsEnded = tunnel.GetProperty("connections_ended").EnumerateObject()
            .ToDictionary(reason => reason.Name, reason => reason.Value.GetInt64()),
        BytesEncrypted = tunnel.GetProperty("bytes_encrypted").GetInt64(),
        BytesDecrypted = tunnel.GetProperty("bytes_decrypted").GetInt64(),
        LastHandshakeAt = Time(tunnel, "last_handshake_at"),
        LastError = IsNull(tunnel, "last_error") ? null : ReadError(tunnel.GetProperty("last_error")),
    };

    private static void WriteConnections(Utf8JsonWriter writer, TunnelStatus tunnel)
    {
        writer.WriteNumber("connections_open", tunnel.ConnectionsOpen);
        writer.WriteNumber("connections_draining", tunnel.ConnectionsDraining);
        writer.WriteNumber("connections_unproven", tunnel.ConnectionsUnproven);
        if (tunnel.ConnectionsLimit is { } limit)
            writer.WriteNumber("connections_limit", limit);
        else
            writer.WriteNull("connections_limit");
        writer.WriteNumber("connections_total", tunnel.ConnectionsTotal);
        writer.WriteStartObject("connections_ended");
        foreach ((string reason, long count) in tunnel.ConnectionsEnded)
            writer.WriteNumber(reason, count);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, TargetStatus target)
    {
        writer.WriteStartObject();
        writer.WriteString("address", target.Address);
        writer.WriteStartArray("resolved");
        foreach (string endPoint in target.Resolved)
            writer.WriteStringValue(endPoint);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, KeyStatus key)
    {
        writer.WriteStartObject();
        writer.WriteString("name", key.Name);
        writer.WriteString("fingerprint", key.Fingerprint);
        writer.WriteNumber("connections_open", key.ConnectionsOpen);
        writer.WriteNumber("connections_total", key.ConnectionsTotal);
        writer.WriteBoolean("is_revoked", key.IsRevoked);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ErrorStatus? error)
    {
        if (error is null)
        {
            writer.WriteNull("last_error");
            return;
        }

        writer.WriteStartObject("last_error");
        WriteTime(writer, "at", error.At);
        writer.WriteString("text", error.Text);
        writer.WriteEndObject();
    }

    private static void WriteBoolean(Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } known)
            writer.WriteBoolean(name, known);
        else
            writer.WriteNull(name);
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteString(name, known.UtcDateTime);
        else
            writer.WriteNull(name);
    }

    private static TargetStatus ReadTarget(JsonElement target) => new(
        Required(target, "address"), [.. target.GetProperty("resolved").EnumerateArray().Select(endPoint => endPoint.GetString() ?? "")]);

    private static KeyStatus ReadKey(JsonElement key) => new(
        Text(key, "name"), Required(key, "fingerprint"), key.GetProperty("connections_open").GetInt32(),
        key.GetProperty("connections_total").GetInt64(), key.GetProperty("is_revoked").GetBoolean());

    private static ErrorStatus ReadError(JsonElement error) => new(Time(error, "at") ?? throw new FormatException(), Required(error, "text"));

    private static bool IsNull(JsonElement element, string name) => element.GetProperty(name).ValueKind == JsonValueKind.Null;

    private static string Required(JsonElement element, string name) => Text(element, name) ?? throw new FormatException($"{name} is null");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        IsNull(element, name) ? null : element.GetProperty(name).GetDateTimeOffset();
}
