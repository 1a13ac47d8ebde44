using System.Text;
using System.Text.Json;

namespace SpipedNet.Status;

/// <summary>
/// The JSON of a status, which spiped-net(1) describes. Written and read member by member: a serializer would make the program
/// larger, and every process with it, by more than all of its subcommands.
/// </summary>
internal static class StatusJson
{
    // What the members mean; another number for what is not compatible.
    private const int Format = 1;

    /// <summary>What a process sends.</summary>
    public static byte[] Write(ProcessStatus process) => Write(writer => WriteProcess(writer, process));

    /// <summary>What <c>spiped-net status --json</c> prints.</summary>
    public static string WriteAll(IEnumerable<ProcessStatus> processes) => Encoding.UTF8.GetString(Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("processes");
        foreach (ProcessStatus process in processes)
            WriteProcess(writer, process);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }));

    /// <summary>Reads what a process has sent.</summary>
    /// <exception cref="InvalidDataException">It is none, or of another format.</exception>
    public static ProcessStatus Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement process = document.RootElement;
            if (process.GetProperty("format").GetInt32() != Format)
                throw new InvalidDataException("its answer has another format, that of another version of spiped-net");
            return new ProcessStatus(
                process.GetProperty("version").GetString()!, process.GetProperty("pid").GetInt32(),
                process.GetProperty("unit").GetString(),
                [.. process.GetProperty("tunnels").EnumerateArray().Select(TunnelStatusJson.Read)],
                process.TryGetProperty("last_reload", out JsonElement reload) ? ReadReload(reload) : null);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("its answer is no status of spiped-net", failure);
        }
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
            write(writer);
        return bytes.ToArray();
    }

    private static void WriteProcess(Utf8JsonWriter writer, ProcessStatus process)
    {
        writer.WriteStartObject();
        writer.WriteNumber("format", Format);
        writer.WriteString("version", process.Version);
        writer.WriteNumber("pid", process.Pid);
        writer.WriteString("unit", process.Unit);
        WriteReload(writer, process.LastReload);
        writer.WriteStartArray("tunnels");
        foreach (Tunnel.TunnelStatus tunnel in process.Tunnels)
            TunnelStatusJson.Write(writer, tunnel);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteReload(Utf8JsonWriter writer, ReloadStatus? reload)
    {
        if (reload is null)
        {
            writer.WriteNull("last_reload");
            return;
        }

        writer.WriteStartObject("last_reload");
        writer.WriteString("began_at", reload.BeganAt.UtcDateTime);
        writer.WriteString("at", reload.At.UtcDateTime);
        writer.WriteString("error", reload.Error);
        writer.WriteEndObject();
    }

    private static ReloadStatus? ReadReload(JsonElement reload) => reload.ValueKind == JsonValueKind.Null
        ? null
        : new ReloadStatus(
            reload.GetProperty("began_at").GetDateTimeOffset(), reload.GetProperty("at").GetDateTimeOffset(), reload.GetProperty("error").GetString());
}
