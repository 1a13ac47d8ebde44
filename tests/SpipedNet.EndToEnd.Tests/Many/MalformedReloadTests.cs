using System.Text.Json;
using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.Tests.Malformed;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>What malformed files do to a process that runs: nothing, and each is told with its lines and reasons.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class MalformedReloadTests : IDisposable
{
    private readonly StockEnds _ends = new();

    [Fact]
    public async Task Hundreds_of_malformed_files_change_nothing_and_are_told_with_their_lines_and_reasons()
    {
        MalformedFiles.WriteKeys(_ends.Directory.Path);
        (string line, TestAddress source) = await _ends.LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
        int sockets = ProcessTable.Sockets(many.Process.Id);
        // What would be changed and added if a mistake stopped nothing, on either side of it.
        (string changed, TestAddress changedSource) = await _ends.LineAsync("a");
        (string added, TestAddress addedSource) = await _ends.LineAsync("added");
        MalformedFile[] files = [.. MalformedFiles.OfText, .. MalformedFiles.OfKeys, .. MalformedFiles.OfSystem];
        for (int i = 0; i < files.Length; i++)
        {
            string[] before = [.. Enumerable.Repeat("# a comment", i % 10), changed];
            await File.WriteAllBytesAsync(many.File, files[i].Compose(before, [added]));
            string[] told = await many.MistakesAsync(files[i].Mistakes.Length);
            Assert.Equal(files[i].Mistakes.Select(mistake => $"{many.File}:{MalformedFile.LineOf(mistake, before.Length)}"), told.Select(error => error.Split(": ")[0]));
            Assert.All(files[i].Mistakes.Zip(told), pair => Assert.Contains(pair.First.Reason, pair.Second, StringComparison.Ordinal));
        }

        await connection.AssertEchoesAsync();
        Assert.False(addedSource.IsListening || changedSource.IsListening);
        Assert.Equal(sockets, ProcessTable.Sockets(many.Process.Id));
        JsonElement status = Assert.Single(await many.StatusAsync());
        Assert.Equal(("a", source.Text), (status.GetProperty("name").GetString(), status.GetProperty("source").GetString()));
        string news = await many.ReloadAsync(line);
        Assert.DoesNotContain("failed", news, StringComparison.Ordinal);
        Assert.Contains("reloaded: 0 new or changed, 0 removed, 1 as before", news, StringComparison.Ordinal);
    }

    public void Dispose() => _ends.Dispose();
}
