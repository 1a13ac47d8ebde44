using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis;

/// <summary>--redis-user and --redis-password-file: how a check of a target logs in.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class TargetLoginTests : CheckedTargetTests
{
    [Fact]
    public async Task It_logs_in_as_an_ACL_user_that_may_do_nothing_else()
    {
        RedisServer master = await StartRedisAsync("--user", "checker", "on", ">secret", "-@all", "+info");
        string password = Directory.File("password");
        await File.WriteAllTextAsync(password, "secret\nanything\n");

        TunnelEnd checking = await StartAsync(
            "-e", Maker.Ours, [master.Address], "--target-check", "redis-master", "--redis-user", "checker", "--redis-password-file", password);

        await checking.Process.ErrorContainsAsync("it says that it is the master");
        Assert.Equal("OK", await SetAsync(Source, "where", "here"));
    }

    [Theory]
    [InlineData("wrong", "WRONGPASS")]
    [InlineData(null, "NOAUTH Authentication required.\" (see --redis-password-file)")]
    public async Task A_password_that_is_wrong_or_missing_is_told_with_what_the_server_says(string? password, string expected)
    {
        RedisServer master = await StartRedisAsync("--requirepass", "secret");
        string file = Directory.File("password");
        await File.WriteAllTextAsync(file, password);
        string[] login = password is null ? [] : ["--redis-password-file", file];

        TunnelEnd checking = await StartAsync("-e", Maker.Ours, [master.Address], ["--target-check", "redis-master", .. login]);

        await checking.Process.ErrorContainsAsync(expected);
    }

    [Fact]
    public async Task A_password_file_that_is_missing_is_named_at_the_start()
    {
        string missing = Directory.File("missing");
        using TunnelEnd end = TunnelEnd.Start(
            Maker.Ours, "-e", TestAddress.Unused(AddressKind.Tcp4, Directory), "[127.0.0.1]:9", Key,
            "--target-check", "redis", "--redis-password-file", missing);
        ProcessOutcome outcome = await end.Process.OutcomeAsync();

        Assert.Equal(1, outcome.Status);
        Assert.StartsWith($"spiped-net: cannot read the password file {missing}: ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user default off\nuser checker on >secret -@all +sentinel|master")]
    [InlineData("")]
    public async Task The_Sentinels_get_the_login_of_Redis_and_may_refuse_it(string settings)
    {
        RedisServer master = await StartRedisAsync("--requirepass", "all", "--user", "checker", "on", ">secret", "-@all", "+info");

        TunnelEnd checking = await StartWithSentinelAsync(master, settings, "--redis-user", "checker", "--redis-password-file", Password("secret"));

        await checking.Process.ErrorContainsAsync("from now on connections go to");
        Assert.DoesNotContain("names no master: it answers", checking.Process.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("requirepass theirs", null)]
    [InlineData("requirepass nobodys\nuser watcher on >theirs -@all +sentinel|master", "watcher")]
    public async Task The_Sentinels_may_have_a_login_of_their_own(string settings, string? user)
    {
        RedisServer master = await StartRedisAsync("--requirepass", "all");
        string[] login = user is null ? [] : ["--sentinel-user", user];

        TunnelEnd checking = await StartWithSentinelAsync(
            master, settings, ["--redis-password-file", Password("all"), "--sentinel-password-file", Password("theirs"), .. login]);

        await checking.Process.ErrorContainsAsync("from now on connections go to");
    }

    [Theory]
    [InlineData("wrong", "names no master: it answers \"WRONGPASS")]
    [InlineData(null, "names no master: it answers \"NOAUTH Authentication required.\" (see --sentinel-password-file)")]
    public async Task A_login_that_the_Sentinels_refuse_is_told(string? password, string expected)
    {
        RedisServer master = await StartRedisAsync("--requirepass", "all");
        string[] login = password is null ? [] : ["--sentinel-password-file", Password(password)];

        TunnelEnd checking = await StartWithSentinelAsync(
            master, "requirepass theirs", ["--redis-password-file", Password("all"), .. login]);

        await checking.Process.ErrorContainsAsync(expected);
    }

    // Redis's password is "all".
    private async Task<TunnelEnd> StartWithSentinelAsync(RedisServer master, string settings, params string[] logins)
    {
        (_, TestAddress sentinel) = StartSentinel(master, $"sentinel auth-pass cache all\n{settings}");
        return await StartAsync(
            "-d", Maker.Ours, [master.Address],
            ["--target-check", "redis-master", "--sentinel", sentinel.Text, "--master-name", "cache", "--check-interval", "0.2", .. logins]);
    }

    private string Password(string password)
    {
        string file = Directory.File($"password-{password}");
        File.WriteAllText(file, $"{password}\n");
        return file;
    }
}
