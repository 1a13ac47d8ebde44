using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace SpipedNet.Protocol.Tests;

/// <summary>The protocol is spans in, spans out: no socket, file, clock, thread, console or log.</summary>
public sealed class PurityTests
{
    private static readonly string[] AllowedAssemblies =
    [
        "System.Runtime", "System.Runtime.InteropServices", "System.Runtime.Intrinsics", "System.Memory",
        "System.Collections", "System.Security.Cryptography",
    ];

    private static readonly string[] AllowedNamespaces =
    [
        "System", "System.Buffers.Binary", "System.Collections.Generic", "System.Numerics", "System.Reflection",
        "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Runtime.Intrinsics",
        "System.Runtime.Intrinsics.X86", "System.Security.Cryptography", "System.Text",
    ];

    // What attributes take as arguments.
    private static readonly string[] AttributeArguments = ["DebuggerBrowsableState", "SecurityAction"];

    // System itself is allowed, and so by name these of it are not.
    private static readonly string[] ForbiddenTypes =
        ["Console", "Environment", "DateTime", "DateTimeOffset", "TimeProvider", "AppContext", "AppDomain"];

    [Fact]
    public void No_other_assembly_is_referenced() =>
        Assert.Empty(References().Select(type => type.Assembly).Distinct().Except(AllowedAssemblies));

    [Fact]
    public void No_other_namespace_is_used() =>
        Assert.Empty(References().Select(type => type.Namespace).Distinct().Except(AllowedNamespaces));

    [Fact]
    public void No_type_of_clock_console_or_environment_is_used() =>
        Assert.Empty(References().Where(type => type.Namespace == nameof(System)).Select(type => type.Name).Intersect(ForbiddenTypes));

    // Attributes do nothing; the compiler adds some, more in Debug than in Release.
    private static List<(string Assembly, string Namespace, string Name)> References()
    {
        using var file = new PEReader(File.OpenRead(typeof(Packet).Assembly.Location));
        MetadataReader reader = file.GetMetadataReader();
        var references = new List<(string, string, string)>();
        foreach (TypeReference type in reader.TypeReferences.Select(reader.GetTypeReference))
        {
            string name = reader.GetString(type.Name);
            bool isOfAttribute = name.EndsWith("Attribute", StringComparison.Ordinal) || AttributeArguments.Contains(name);
            if (type.ResolutionScope.Kind == HandleKind.AssemblyReference && !isOfAttribute)
            {
                AssemblyReference assembly = reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
                references.Add((reader.GetString(assembly.Name), reader.GetString(type.Namespace), name));
            }
        }
        return references;
    }
}
