using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>What becomes of sources when the file is read again; the other ends are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ReloadSourceTests : IDisposable
{
    private readonly StockEnds _ends = new();

    [Fact]
    public async Task A_UNIX_sockets_file_is_gone_only_when_the_last_that_had_it_is()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a", AddressKind.Unix);
        (string other, _) = await _ends.LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        await many.ReloadAsync($"{line} -n 5");
        Assert.True(File.Exists(source.Text));
        await many.ReloadAsync(other);
        await Deadline.UntilAsync(() => !File.Exists(source.Text), "the file is gone");
    }

    [Fact]
    public async Task Two_tunnels_may_exchange_their_sources()
    {
        (string a, TestAddress one) = await _ends.LineAsync("a");
        (string b, TestAddress two) = await _ends.LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, a, b);
        string swappedA = a.Replace(one.Text, two.Text, StringComparison.Ordinal), swappedB = b.Replace(two.Text, one.Text, StringComparison.Ordinal);
        Assert.Contains("2 new or changed", await many.ReloadAsync(swappedA, swappedB), StringComparison.Ordinal);
        foreach (TestAddress source in (TestAddress[])[one, two])
        {
            using Duplex connection = Duplex.Of(await source.ConnectAsync());
            await connection.AssertEchoesAsync();
        }
    }

    [Fact]
    public async Task A_source_that_cannot_be_had_changes_nothing()
    {
        (string a, TestAddress source) = await _ends.LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, a);
        TestAddress added = TestAddress.Unused(AddressKind.Tcp4, _ends.Directory);
        string news = await many.ReloadAsync(
            $"a: -e -n 5 -s {source} -t {_ends.Target.Address} -k {_ends.Key}", $"b: -e -s {added} -t {source} -k {_ends.Key}",
            $"c: -e -s {_ends.Target.Address} -t {source} -k {_ends.Key}");
        Assert.Contains($"{many.File}:3: cannot listen on {_ends.Target.Address}", news, StringComparison.Ordinal);
        Assert.False(added.IsListening);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_source_that_overlaps_the_former_one_is_told_with_a_way_that_resets_nobody()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a");
        (string other, _) = await _ends.LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line, other);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
        string wider = line.Replace("-s [127.0.0.1]", "-s [0.0.0.0]", StringComparison.Ordinal);

        Assert.Contains($"while this process listens on {source}; take the line out", await many.ReloadAsync(wider, other), StringComparison.Ordinal);
        await many.ReloadAsync(other);
        Assert.Contains("1 new or changed", await many.ReloadAsync(wider, other), StringComparison.Ordinal);

        await connection.AssertEchoesAsync();
        using Duplex after = Duplex.Of(await source.ConnectAsync());
        await after.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_source_that_no_interface_has_is_blamed_on_that_though_this_process_overlaps_it()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a");
        string every = line.Replace("-s [127.0.0.1]", "-s [0.0.0.0]", StringComparison.Ordinal);
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, every);

        string news = await many.ReloadAsync(line.Replace("-s [127.0.0.1]", "-s [192.0.2.1]", StringComparison.Ordinal));

        Assert.Contains("no interface of this machine has that address", news, StringComparison.Ordinal);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_UNIX_sockets_file_that_was_removed_is_missed_and_made_anew_by_a_reload()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a", AddressKind.Unix);
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        using Duplex before = Duplex.Of(await source.ConnectAsync());
        await before.AssertEchoesAsync();
        await many.UntilAsync("a", now => now.GetProperty("is_listening").GetBoolean(), "it listens");

        File.Delete(source.Text);
        await many.UntilAsync("a", now => !now.GetProperty("is_listening").GetBoolean(), "the loss shows");
        await many.ReloadAsync();

        await many.UntilAsync("a", now => now.GetProperty("is_listening").GetBoolean(), "it listens again");
        using Duplex after = Duplex.Of(await source.ConnectAsync());
        await after.AssertEchoesAsync();
        await before.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_UNIX_socket_whose_path_another_has_taken_keeps_no_reload_from_the_others()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a", AddressKind.Unix);
        (string other, TestAddress otherSource) = await _ends.LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        File.Delete(source.Text);
        File.WriteAllText(source.Text, "");

        string news = await many.ReloadAsync(line, other);

        Assert.Contains($"nobody finds {source}: the file of its socket is gone, and another one cannot be made there", news, StringComparison.Ordinal);
        using Duplex connection = Duplex.Of(await otherSource.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_file_in_the_place_of_a_lost_UNIX_socket_is_blamed_when_its_tunnel_changes()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a", AddressKind.Unix);
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        File.Delete(source.Text);
        File.WriteAllText(source.Text, "");

        Assert.Contains("a file that is no socket is in the way", await many.ReloadAsync($"{line} -n 7"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tunnel_whose_late_start_failed_is_started_by_a_reload()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a");
        using ManyTunnels many = await StartBesideAsync(source, $"{line} -D");

        await many.ReloadAsync();

        await many.UntilAsync("a", now => now.GetProperty("is_listening").GetBoolean(), "it listens");
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_changed_tunnel_whose_UNIX_sockets_file_was_removed_has_one_again()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a", AddressKind.Unix);
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        File.Delete(source.Text);
        await many.ReloadAsync($"{line} -n 5");
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    public void Dispose() => _ends.Dispose();

    // While another has the source.
    private async Task<ManyTunnels> StartBesideAsync(TestAddress source, string line)
    {
        using var taken = new Target(source);
        ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        await many.Process.ErrorContainsAsync("this tunnel could not start, the others run");
        return many;
    }
}
