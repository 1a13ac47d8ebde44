using System.Reflection;

namespace SpipedNet.Fuzz;

/// <summary>
/// Something that reads what strangers write. <see cref="Try"/> takes any bytes for instructions or content, and throws
/// when what happens is not what is promised.
/// </summary>
internal abstract class FuzzTarget
{
    private static readonly Dictionary<string, Type> Types = Assembly.GetExecutingAssembly().GetTypes()
        .Where(type => type.IsSubclassOf(typeof(FuzzTarget)) && !type.IsAbstract)
        .ToDictionary(type => ((FuzzTarget)Activator.CreateInstance(type)!).Name);

    /// <summary>All targets.</summary>
    public static IEnumerable<string> Names => Types.Keys.Order(StringComparer.Ordinal);

    /// <summary>The target's name on the command line, and of its corpus.</summary>
    public abstract string Name { get; }

    /// <summary>What was tried so far, in words.</summary>
    public abstract string Counts { get; }

    /// <summary>A new target of this name; null when there is none.</summary>
    public static FuzzTarget? Find(string name) =>
        Types.TryGetValue(name, out Type? type) ? (FuzzTarget)Activator.CreateInstance(type)! : null;

    /// <summary>Tries one input.</summary>
    /// <exception cref="FuzzException">A promise is broken.</exception>
    public abstract void Try(ReadOnlySpan<byte> input);

    protected static void Require(bool isTrue, string promise)
    {
        if (!isTrue)
            throw new FuzzException(promise);
    }
}

/// <summary>A promise that was broken.</summary>
internal sealed class FuzzException(string promise) : Exception($"broken: {promise}");
