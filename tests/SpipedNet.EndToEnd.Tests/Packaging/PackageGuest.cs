using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.EndToEnd.Tests.Systemd;

namespace SpipedNet.EndToEnd.Tests.Packaging;

/// <summary>A systemd in which the package is installed, used, upgraded, removed and purged.</summary>
/// <param name="package">The package.</param>
public sealed class PackageGuest(Package package) : Guest("package.sh")
{
    private protected override Task FillAsync(TestDirectory directory)
    {
        File.Copy(package.File, directory.File(Path.GetFileName(package.File)));
        return Task.CompletedTask;
    }
}
