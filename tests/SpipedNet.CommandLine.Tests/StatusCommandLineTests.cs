namespace SpipedNet.CommandLine.Tests;

/// <summary>What spiped-net status is asked.</summary>
public sealed class StatusCommandLineTests
{
    [Fact]
    public void Alone_it_asks_for_all_tunnels_once() => Assert.Equal(("", null, ""), Parse());

    [Theory]
    [InlineData("a", "--json", "b")]
    [InlineData("--json", "a", "b")]
    [InlineData("a", "b", "--json")]
    public void Names_may_stand_before_between_and_after_the_options(params string[] arguments) =>
        Assert.Equal(("a b", null, "json"), Parse(arguments));

    [Fact]
    public void The_path_of_a_socket_is_no_name() => Assert.Equal(("a", "/s", "watch"), Parse("--socket", "/s", "a", "--watch"));

    [Fact]
    public void A_line_each_may_be_told_every_second() => Assert.Equal(("", null, "watch brief"), Parse("--brief", "--watch"));

    [Theory]
    [InlineData("--watch and --json exclude each other", "--watch", "--json")]
    [InlineData("--brief and --json exclude each other", "--json", "--brief")]
    [InlineData("illegal option -- -x", "-x")]
    [InlineData("missing argument to --socket", "--socket")]
    [InlineData("--json is given twice", "--json", "--json")]
    [InlineData("unexpected argument: ", "")]
    public void What_makes_no_sense_is_a_usage_error(string message, params string[] arguments)
    {
        Assert.False(StatusCommandLine.TryParse(arguments, out _, out CommandLineStop? stop));
        Assert.Equal(new CommandLineStop(StopReason.UsageError, message), stop);
    }

    private static (string Names, string? Socket, string How) Parse(params string[] arguments)
    {
        Assert.True(StatusCommandLine.TryParse(arguments, out StatusOptions? options, out CommandLineStop? stop), stop?.Message);
        string[] how = [options.IsWatch ? "watch" : "", options.IsBrief ? "brief" : "", options.IsJson ? "json" : ""];
        return (string.Join(' ', options.Names), options.Socket, string.Join(' ', how.Where(word => word.Length > 0)));
    }
}
