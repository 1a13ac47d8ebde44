namespace SpipedNet.EndToEnd.Tests.Packaging;

/// <summary>The tests that share one package.</summary>
[CollectionDefinition(Name)]
public sealed class PackageGroup : ICollectionFixture<Package>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "package";
}
