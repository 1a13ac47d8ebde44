using System.Text;

namespace SpipedNet.Metrics;

/// <summary>What of an HTTP/1 request matters here: its first line.</summary>
internal sealed record HttpRequest(string Method, string Path, string Query)
{
    /// <summary>Whether all of the request's head has come.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> head) => head.IndexOf("\r\n\r\n"u8) >= 0 || head.IndexOf("\n\n"u8) >= 0;

    /// <summary>Reads a head; null when it is none.</summary>
    public static HttpRequest? TryParse(ReadOnlySpan<byte> head)
    {
        string line = Encoding.Latin1.GetString(head[..Math.Max(0, head.IndexOf((byte)'\n'))]).TrimEnd('\r');
        if (line.Split(' ') is not [{ Length: > 0 } method, var target, "HTTP/1.0" or "HTTP/1.1"] || PathOf(target) is not { } path)
            return null;
        string[] parts = path.Split('?', 2);
        return new HttpRequest(method, parts[0], parts.Length > 1 ? parts[1] : "");
    }

    // A server has to take the absolute form, too, which is for proxies (RFC 9112, 3.2.2).
    private static string? PathOf(string target)
    {
        const string Scheme = "http://";
        if (target.StartsWith('/'))
            return target;
        if (!target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        int path = target.IndexOf('/', Scheme.Length);
        return path < 0 ? "/" : target[path..];
    }
}

/// <summary>An answer.</summary>
internal sealed record HttpResponse(int Status, string ContentType, byte[] Body)
{
    /// <summary>A line of text.</summary>
    public static HttpResponse Text(int status, string line) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes($"{line}\n"));

    /// <summary>What is sent; the body is left out for HEAD.</summary>
    public byte[] ToBytes(bool isHead)
    {
        string head = $"HTTP/1.1 {Status} {Reason}\r\nContent-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\n"
            + $"{(Status == 405 ? "Allow: GET, HEAD\r\n" : "")}Cache-Control: no-store\r\nConnection: close\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. isHead ? [] : Body];
    }

    private string Reason => Status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        _ => "Service Unavailable",
    };
}
