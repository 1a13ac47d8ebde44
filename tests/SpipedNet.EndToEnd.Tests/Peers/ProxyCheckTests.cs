using System.Text;
using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.EndToEnd.Tests.Redis;

namespace SpipedNet.EndToEnd.Tests.Peers;

/// <summary>--target-check beside --proxy-protocol: the checks' own connections.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ProxyCheckTests : CheckedTargetTests
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_Redis_behind_a_proxy_that_demands_the_header_passes_its_checks_and_is_used(string version)
    {
        RedisServer redis = await StartRedisAsync();
        using ProxyReceiver proxy = await ProxyReceiver.InFrontOfAsync(redis.Address);

        TunnelEnd checking = await StartAsync(
            "-d", Maker.Stock, [proxy.Address], "--target-check", "redis", "--proxy-protocol", version);

        await checking.Process.ErrorContainsAsync($"from now on connections go to {proxy.Address}");
        Assert.Equal("OK", await SetAsync(Source, "where", "here"));
    }

    [Fact]
    public async Task A_check_is_a_local_connection_to_its_target()
    {
        using var target = new Target(AddressKind.Tcp4, Directory);
        await StartAsync("-d", Maker.Stock, [target.Address], "--target-check", "tcp", "--proxy-protocol", "v2");

        using Duplex check = await Deadline.ForAsync(target.AcceptAsync(), "a check");
        Assert.Equal([.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0], await check.ReceiveAsync(16));
        Assert.Equal(0, await check.CountUntilEndAsync());
    }

    [Fact]
    public async Task A_Sentinel_hears_no_header()
    {
        RedisServer redis = await StartRedisAsync();
        using var sentinel = new Target(AddressKind.Tcp4, Directory);
        await StartAsync(
            "-d", Maker.Stock, [redis.Address], "--target-check", "redis-master", "--proxy-protocol", "v1",
            "--master-name", "cache", "--sentinel", sentinel.Address.Text);

        using Duplex question = await Deadline.ForAsync(sentinel.AcceptAsync(), "a question");
        Assert.Equal("*3\r\n$8\r\nSENTINEL\r\n", Encoding.ASCII.GetString(await question.ReceiveAsync(18)));
    }
}
