using System.Reflection;

namespace SpipedNet.Protocol.Tests;

/// <summary>Spans in, spans out: the protocol knows no sockets, files, streams, tasks, clocks or logs, and nothing above it.</summary>
public sealed class PurityTests
{
    // What holds the forbidden types comes as assemblies of their own, or in System.Runtime, which the next test looks into.
    private static readonly string[] Allowed =
    [
        "System.Runtime", "System.Collections", "System.Memory", "System.Runtime.InteropServices", "System.Runtime.Intrinsics",
        "System.Security.Cryptography", "System.Numerics.Vectors", "System.Runtime.Extensions",
    ];

    [Fact]
    public void It_references_only_memory_vectors_and_cryptography() => Assert.Empty(
        typeof(Packet).Assembly.GetReferencedAssemblies().Select(name => name.Name!).Except(Allowed));

    [Fact]
    public void It_uses_no_stream_file_task_thread_or_clock()
    {
        string[] forbidden = ["System.IO.", "System.Threading.", "System.Net.", "System.DateTime", "System.Diagnostics.Stopwatch", "System.Console"];
        Assert.DoesNotContain(ReferencedTypes(), type => forbidden.Any(start => type.StartsWith(start, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> ReferencedTypes()
    {
        using FileStream file = File.OpenRead(typeof(Packet).Assembly.Location);
        using var image = new System.Reflection.PortableExecutable.PEReader(file);
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(image);
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }
}
