using SpipedNet.Hosting;

namespace SpipedNet.CommandLine.Tests;

public sealed class IdentityTests
{
    [Theory]
    [InlineData("root", 0u)]
    [InlineData("0", 0u)]
    [InlineData("4000000", 4_000_000u)]
    public void A_user_is_a_name_or_a_number_and_the_group_stays(string user, uint expected)
    {
        Identity identity = LookUp(new UserAndGroup(user, null));
        Assert.Equal(expected, identity.User);
        Assert.Null(identity.Group);
    }

    [Fact]
    public void A_group_alone_leaves_the_user()
    {
        Identity identity = LookUp(new UserAndGroup(null, "root"));
        Assert.Equal(0u, identity.Group);
        Assert.Null(identity.User);
    }

    [Fact]
    public void Each_has_its_own_table()
    {
        // Debian's group tty exists, a user of that name does not.
        Assert.Equal(5u, LookUp(new UserAndGroup(null, "tty")).Group);
        Assert.Equal("-u: there is no user tty", ErrorOf(new UserAndGroup("tty", null)));
    }

    [Theory]
    [InlineData("no-such-user")]
    [InlineData("-1")]
    [InlineData("4294967295")]
    [InlineData("99999999999")]
    [InlineData("0x0")]
    public void What_is_neither_is_one_line(string user) =>
        Assert.Equal($"-u: there is no user {user}", ErrorOf(new UserAndGroup(user, null)));

    [Fact]
    public void A_missing_group_is_one_line_even_after_a_good_user() =>
        Assert.Equal("-u: there is no group no-such-group", ErrorOf(new UserAndGroup("root", "no-such-group")));

    [Fact]
    public void Nobody_to_become_changes_nothing()
    {
        Assert.True(Identity.TryLookUp(null, out Identity? identity, out _));
        Assert.Null(identity.Assume(out string? warning));
        Assert.Null(warning);
    }

    private static Identity LookUp(UserAndGroup names)
    {
        Assert.True(Identity.TryLookUp(names, out Identity? identity, out string? error), error);
        return identity;
    }

    private static string ErrorOf(UserAndGroup names)
    {
        Assert.False(Identity.TryLookUp(names, out _, out string? error));
        return error!;
    }
}
