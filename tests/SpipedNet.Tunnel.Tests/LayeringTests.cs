using System.Reflection;

namespace SpipedNet.Tunnel.Tests;

public sealed class LayeringTests
{
    [Fact]
    public void Tunnel_references_no_executable_no_parser_of_arguments_and_no_logger_but_the_abstraction()
    {
        string[] allowed = ["SpipedNet.Protocol", "Microsoft.Extensions.Logging.Abstractions"];
        IEnumerable<string> foreign = References(typeof(Tunnel).Assembly).Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name != "Microsoft.Win32.Primitives");
        Assert.Equal(allowed.Order(), foreign.Order());
    }

    [Fact]
    public void Tunnel_does_not_touch_the_console() =>
        Assert.DoesNotContain("System.Console", References(typeof(Tunnel).Assembly));

    private static string[] References(Assembly assembly) => [.. assembly.GetReferencedAssemblies().Select(name => name.Name!)];
}
