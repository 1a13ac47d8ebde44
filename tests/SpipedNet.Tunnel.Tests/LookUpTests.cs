using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What is looked up, and what is said when there is nothing to be found.</summary>
public sealed class LookUpTests
{
    [Theory]
    [InlineData("0:8025", "0.0.0.0")]
    [InlineData("127.1:8025", "127.0.0.1")]
    [InlineData("0x7f000001:8025", "127.0.0.1")]
    public async Task The_short_forms_of_an_IPv4_address_are_addresses(string text, string expected)
    {
        LookUpResult result = await LookUpAsync(text);
        Assert.Null(result.Failure);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(expected), 8025), Assert.Single(result.EndPoints));
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_refused_in_our_own_words()
    {
        LookUpResult result = await LookUpAsync($"{new string('x', 300)}:8025");
        Assert.Equal("it is too long for a name", result.Failure?.Reason);
    }

    // Which of the two a machine without a name server says is its own affair.
    [Fact]
    public async Task A_name_that_is_unknown_may_be_waited_for()
    {
        string error = await StartErrorAsync("no-such-name.invalid:8025");
        Assert.StartsWith("cannot look up no-such-name.invalid:8025: ", error, StringComparison.Ordinal);
        Assert.EndsWith(" (with -D it would be waited for)", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "check the spelling")]
    [InlineData(SocketError.TryAgain, "see /etc/resolv.conf")]
    public void A_name_may_be_misspelt_unless_nobody_could_tell(SocketError error, string advice) =>
        Assert.Equal(advice, LookUpFailure.Of(new SocketException((int)error)).Advice);

    [Fact]
    public void An_asterisk_leads_to_every_address() => Assert.Equal(
        "cannot look up *:8025: no such name; write [0.0.0.0]:8025 for every address",
        new LookUpFailure("no such name", "check the spelling").Explain(Parse("*:8025"), canWait: true));

    [Theory]
    [InlineData("Name or service not known", "name or service not known")]
    [InlineData("IPv4 address", "IPv4 address")]
    [InlineData("X", "X")]
    [InlineData("", "")]
    public void After_a_colon_a_sentence_goes_on_in_lower_case_but_a_name_stays(string sentence, string expected) =>
        Assert.Equal(expected, SystemError.Continue(sentence));

    private static Task<LookUpResult> LookUpAsync(string text) => TargetResolver.LookUpAsync(Parse(text), CancellationToken.None);

    private static async Task<string> StartErrorAsync(string target)
    {
        using var tunnel = new TestTunnel();
        var options = new TunnelOptions { Role = TunnelRole.Sender, Source = Parse("[127.0.0.1]:9"), Targets = [Parse(target)] };
        TunnelStartError? error = await tunnel.New(options).BindAsync(CancellationToken.None);
        return error!.Message;
    }

    private static TunnelAddress Parse(string text)
    {
        Assert.True(TunnelAddress.TryParse(text, out TunnelAddress? address, out _));
        return address;
    }
}
