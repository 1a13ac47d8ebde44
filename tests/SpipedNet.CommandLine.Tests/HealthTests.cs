using System.Text;
using SpipedNet.Metrics;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Tests;

/// <summary>What counts as well, and which requests are understood.</summary>
public sealed class HealthTests
{
    [Theory]
    [InlineData(true, true, true, 200, "ok\n")]
    [InlineData(true, null, true, 200, "ok\n")]
    [InlineData(true, false, false, 200, "ok\n")]
    [InlineData(true, false, true, 503, "redis: does not reach its target\n")]
    [InlineData(false, true, false, 503, "redis: does not take connections\n")]
    [InlineData(false, false, true, 503, "redis: does not take connections\nredis: does not reach its target\n")]
    public void A_tunnel_is_well_that_takes_connections_and_if_asked_reaches_its_target(
        bool isListening, bool? isTargetReached, bool areTargetsAsked, int status, string body)
    {
        TunnelStatus well = Tunnel("well", isListening: true, isTargetReached: true);

        HttpResponse response = Health.Respond([well, Tunnel("redis", isListening, isTargetReached)], areTargetsAsked);

        Assert.Equal((status, body), (response.Status, Encoding.UTF8.GetString(response.Body)));
    }

    [Fact]
    public void A_socket_without_its_file_is_told()
    {
        HttpResponse response = Health.Respond([Tunnel("redis", isListening: false, isTargetReached: null) with { IsSourceFound = false }], areTargetsAsked: false);

        Assert.Equal("redis: does not take connections, for the file of its socket is gone\n", Encoding.UTF8.GetString(response.Body));
    }

    [Theory]
    [InlineData("GET /healthz?targets HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/healthz", "targets")]
    [InlineData("HEAD / HTTP/1.0\n\n", "HEAD", "/", "")]
    [InlineData("GET /a?b?c HTTP/1.1\r\n\r\n", "GET", "/a", "b?c")]
    [InlineData("GET http://host:9/a?b HTTP/1.1\r\n\r\n", "GET", "/a", "b")]
    [InlineData("GET HTTP://host HTTP/1.1\r\n\r\n", "GET", "/", "")]
    public void A_request_is_its_first_line(string head, string method, string path, string query)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(head);

        Assert.True(HttpRequest.IsComplete(bytes));
        Assert.False(HttpRequest.IsComplete(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.Equal(new HttpRequest(method, path, query), HttpRequest.TryParse(bytes));
    }

    [Theory]
    [InlineData("\n\n")]
    [InlineData("GET\n\n")]
    [InlineData("GET /\n\n")]
    [InlineData("GET x HTTP/1.1\n\n")]
    [InlineData(" / HTTP/1.1\n\n")]
    [InlineData("GET / HTTP/2\n\n")]
    [InlineData("GET / x HTTP/1.1\n\n")]
    [InlineData("\0\u00ff\n\n")]
    public void What_is_no_request_of_HTTP_1_is_none(string head) => Assert.Null(HttpRequest.TryParse(Encoding.Latin1.GetBytes(head)));

    private static TunnelStatus Tunnel(string name, bool isListening, bool? isTargetReached) => new()
    {
        Name = name, Mode = "encrypt", Source = "/s", IsListening = isListening, Targets = [], IsTargetReached = isTargetReached, Keys = [],
        ConnectionsOpen = 0, ConnectionsUnproven = 0, ConnectionsTotal = 0, ConnectionsEnded = new Dictionary<string, long>(),
        BytesEncrypted = 0, BytesDecrypted = 0,
    };
}
