using System.Text.Json;
using System.Text.Json.Serialization;
using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>What a process tells of itself over its control socket.</summary>
/// <param name="Format">What the document's members mean; another number for what is not compatible.</param>
/// <param name="Version">The program's.</param>
/// <param name="Pid">The process.</param>
/// <param name="Unit">The systemd unit that it is; null for none.</param>
/// <param name="Tunnels">Its tunnels.</param>
internal sealed record ProcessStatus(
    int Format, string Version, int Pid, string? Unit, IReadOnlyList<TunnelStatus> Tunnels)
{
    /// <summary>The format that this program knows.</summary>
    public const int CurrentFormat = 1;

    /// <summary>This process's.</summary>
    public static ProcessStatus Of(string? unit, IReadOnlyList<TunnelStatus> tunnels) =>
        new(CurrentFormat, ProgramText.Version, Environment.ProcessId, unit, tunnels);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StatusJson.Default.ProcessStatus);

    /// <summary>Reads one.</summary>
    /// <exception cref="JsonException">It is none, or of another format.</exception>
    public static ProcessStatus FromJson(ReadOnlySpan<byte> json)
    {
        ProcessStatus? status = JsonSerializer.Deserialize(json, StatusJson.Default.ProcessStatus);
        return status?.Format == CurrentFormat
            ? status
            : throw new JsonException($"its format is {status?.Format}, and this program knows {CurrentFormat}");
    }
}

/// <summary>What <c>spiped-net status --json</c> prints.</summary>
/// <param name="Processes">Those that answered.</param>
internal sealed record StatusDocument(IReadOnlyList<ProcessStatus> Processes)
{
    public string ToJson() => JsonSerializer.Serialize(this, StatusJson.Default.StatusDocument);
}

// Made when it is compiled: by reflection, trimming would take away what it needs.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;
