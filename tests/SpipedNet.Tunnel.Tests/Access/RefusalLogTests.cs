using SpipedNet.Tunnel.Access;

namespace SpipedNet.Tunnel.Tests.Access;

/// <summary>What the log says of connections that were refused, however many there are.</summary>
public sealed class RefusalLogTests : IDisposable
{
    private readonly EventLoopGroup _loops = new(1);
    private readonly LogLines _lines = new();

    public void Dispose() => _loops.Dispose();

    [Fact]
    public void Each_source_has_one_line_in_an_episode()
    {
        RefusalLog log = New(TimeSpan.FromHours(1));
        for (int i = 0; i < 5; i++)
        {
            log.Refused($"[192.0.2.1]:{i}", 1);
            log.Refused($"[192.0.2.2]:{i}", 2);
        }

        Assert.Equal([Line("[192.0.2.1]:0"), Line("[192.0.2.2]:0")], _lines.All);
    }

    [Fact]
    public async Task The_end_of_an_episode_tells_how_many_more_there_were()
    {
        RefusalLog log = New(TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 4; i++)
            log.Refused("[192.0.2.1]:1", 1);

        Assert.Equal("Warning: refused 3 connections more since then (--allow)", await _lines.WithAsync("more since then"));
    }

    [Fact]
    public void After_its_end_a_source_has_a_line_again()
    {
        RefusalLog log = New(TimeSpan.FromHours(1));
        log.Refused("[192.0.2.1]:1", 1);
        log.TellRest();
        log.Refused("[192.0.2.1]:2", 1);

        Assert.Equal([Line("[192.0.2.1]:1"), Line("[192.0.2.1]:2")], _lines.All);
    }

    [Fact]
    public void A_crowd_has_20_lines_and_a_number()
    {
        RefusalLog log = New(TimeSpan.FromHours(1));
        for (ulong source = 0; source < 1000; source++)
            log.Refused($"[2001:db8:{source:x}::1]:1", source);
        log.TellRest();

        Assert.Equal(21, _lines.All.Count);
        Assert.Equal("Warning: refused 980 connections more since then (--allow)", _lines.All[^1]);
    }

    private RefusalLog New(TimeSpan quiet) => new(_loops.First, quiet, _lines);

    private static string Line(string peer) =>
        $"Warning: refused a connection from {peer}, whose address is in no range of --allow; more from there are only counted";
}
