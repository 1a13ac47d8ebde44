using System.Text.Json;
using System.Text.Json.Serialization;

namespace SpipedNet.Protocol.Tests;

/// <summary>One session as the C reference computed it; hexadecimal in the files.</summary>
public sealed record KnownSession(
    string KeyFile, string NonceC, string NonceS,
    [property: JsonPropertyName("x_c")] string XC, [property: JsonPropertyName("x_s")] string XS,
    bool ClientWeak, bool ServerWeak, string DhmacC, string DhmacS, string YhC, string YhS, string YSc,
    IReadOnlyList<KnownPacket> PacketsCToS, IReadOnlyList<KnownPacket> PacketsSToC)
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly Lazy<Dictionary<string, KnownSession>> Sessions = new(ReadAll);

    /// <summary>Names of all sessions: of the files next to the tests, and of the folder that SPIPED_NET_VECTORS names.</summary>
    public static TheoryData<string> Names => [.. Sessions.Value.Keys];

    public static KnownSession Named(string name) => Sessions.Value[name];

    private static Dictionary<string, KnownSession> ReadAll()
    {
        var sessions = new Dictionary<string, KnownSession>();
        string shipped = Path.Combine(AppContext.BaseDirectory, "vectors");
        foreach (string file in Directory.GetFiles(shipped, "*.json"))
            Read(file, Path.GetFileName(file), sessions);
        if (Environment.GetEnvironmentVariable("SPIPED_NET_VECTORS") is { Length: > 0 } given)
        {
            foreach (string file in Directory.GetFiles(given, "*.json"))
                Read(file, file, sessions);
        }
        return sessions;
    }

    private static void Read(string file, string name, Dictionary<string, KnownSession> sessions)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        int index = 0;
        foreach (JsonElement element in document.RootElement.GetProperty("cases").EnumerateArray())
            sessions.Add($"{name} case {index++}", element.Deserialize<KnownSession>(SnakeCase)!);
    }
}

/// <summary>One packet of a known session; hexadecimal.</summary>
public sealed record KnownPacket(string Plaintext, string Packet);
