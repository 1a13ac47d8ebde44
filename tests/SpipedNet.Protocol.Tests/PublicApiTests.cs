namespace SpipedNet.Protocol.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void What_is_public_is_what_the_reviewed_list_says() => PublicApi.AssertListed(typeof(Packet).Assembly);
}
