using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>A receiver that has a key for each client; the clients are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class SeveralKeysTests : IDisposable
{
    private readonly KeyedEnds _ends = new();

    [Theory]
    [InlineData(Maker.Stock)]
    [InlineData(Maker.Ours)]
    public async Task Each_client_gets_in_with_a_key_of_its_own(Maker maker)
    {
        (string alice, string bob) = (_ends.Add("alice"), _ends.Add("bob"));
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys);
        foreach (string key in (string[])[alice, bob])
        {
            using Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, key, maker)).ConnectAsync());
            await connection.AssertEchoesAsync(100_000);
        }
    }

    [Fact]
    public async Task Keys_may_be_named_one_by_one()
    {
        (string alice, string bob) = (_ends.Add("alice"), _ends.Add("bob"));
        TunnelEnd server = await _ends.ServeAsync(alice, "-k", bob);
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, bob)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_key_that_is_none_of_them_gets_nowhere()
    {
        _ends.Add("alice");
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys);
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, _ends.Directory.NewKey())).ConnectAsync());
        Assert.Equal(0, await connection.CountUntilEndAsync());
        await server.Process.ErrorContainsAsync("the peer has another key, or is not spiped");
        Assert.Equal(0, _ends.Target.Accepted);
    }

    [Fact]
    public async Task The_log_names_the_client_by_its_key()
    {
        _ends.Add("alice");
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys, "-k", _ends.Add("bob", _ends.Directory.Path), "--log-level", "debug");
        using (Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, _ends.Directory.File("bob.key"))).ConnectAsync()))
            await connection.AssertEchoesAsync();
        await server.Process.ErrorContainsAsync("(key bob) ended (");
    }

    [Fact]
    public async Task A_thousand_keys_are_not_too_many()
    {
        string last = Enumerable.Range(0, 1000).Select(i => _ends.Add($"client-{i:000}")).Last();
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys);
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, last)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task An_empty_key_among_several_starts_nothing()
    {
        _ends.Add("alice");
        File.WriteAllBytes(_ends.Directory.File("clients/bob.key"), []);
        ProcessOutcome outcome = await TestProcess.RunAsync(
            Programs.SpipedNet, ["-F", "-d", "-s", _ends.Unused().Text, "-t", _ends.Target.Address.Text, "-k", _ends.Keys]);
        Assert.Equal((1, "spiped-net: the file of key bob is empty, so anyone could connect (-k)\n"), (outcome.Status, outcome.Error));
    }

    public static TheoryData<string, string> UselessDirectories => new()
    {
        { "", "no key is in the directory" },
        { "a.txt", "no key is in the directory" },
        { ".a.key", "no key is in the directory" },
        { "a b.key", "its name, which stands for the client, may have letters, digits and . _ - @" },
    };

    [Theory]
    [MemberData(nameof(UselessDirectories))]
    public async Task A_directory_without_a_key_that_can_be_named_starts_nothing(string file, string reason)
    {
        if (file.Length > 0)
            File.WriteAllText(Path.Combine(_ends.Keys, file), "a key of more than thirty-two bytes");
        ProcessOutcome outcome = await TestProcess.RunAsync(
            Programs.SpipedNet, ["-F", "-d", "-s", _ends.Unused().Text, "-t", _ends.Target.Address.Text, "-k", _ends.Keys]);
        Assert.Equal(1, outcome.Status);
        Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _ends.Dispose();
}
