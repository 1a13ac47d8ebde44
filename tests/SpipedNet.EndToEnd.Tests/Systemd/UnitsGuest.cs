using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>A systemd with the built program and the repository's units.</summary>
public sealed class UnitsGuest() : Guest("units.sh")
{
    private protected override async Task FillAsync(TestDirectory directory)
    {
        CopyFiles(Path.GetDirectoryName(Programs.SpipedNet)!, directory.File("program"));
        CopyFiles(Programs.InRepository("systemd"), directory.File("units"));
        CopyFiles(Programs.InRepository("packaging", "sysusers"), directory.File("sysusers"));
        string runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        await File.WriteAllTextAsync(directory.File("dotnet-root"), Path.GetFullPath(Path.Combine(runtime, "../../..")));
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
