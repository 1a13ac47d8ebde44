namespace SpipedNet.CommandLine.Tests;

/// <summary>The tests that change this process's environment.</summary>
[CollectionDefinition(Name)]
public static class EnvironmentGroup
{
    /// <summary>The collection's name.</summary>
    public const string Name = "environment";
}
