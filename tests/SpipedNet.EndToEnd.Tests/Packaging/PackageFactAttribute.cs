using SpipedNet.EndToEnd.Tests.Systemd;

namespace SpipedNet.EndToEnd.Tests.Packaging;

/// <summary>A fact about the package; skipped, with the reason, where none can be made, or what it needs is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PackageFactAttribute : FactAttribute
{
    private string? _needs;
    private bool _isInstalled;

    /// <summary>Finds out whether a package can be made.</summary>
    public PackageFactAttribute() => Skip = Package.WhyNot;

    /// <summary>A program that the test runs.</summary>
    public string? Needs
    {
        get => _needs;
        set
        {
            _needs = value;
            Skip ??= Package.InPath(value!) ? null : $"{value} is missing; sudo apt-get install {value}";
        }
    }

    /// <summary>It is installed in a booted systemd.</summary>
    public bool IsInstalled
    {
        get => _isInstalled;
        set
        {
            _isInstalled = value;
            Skip ??= value ? Guest.WhyNot : null;
        }
    }
}
