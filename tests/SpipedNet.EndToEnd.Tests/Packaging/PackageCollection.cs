namespace SpipedNet.EndToEnd.Tests.Packaging;

/// <summary>The tests that share one package.</summary>
[CollectionDefinition(Name)]
public sealed class PackageCollection : ICollectionFixture<Package>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "package";
}
