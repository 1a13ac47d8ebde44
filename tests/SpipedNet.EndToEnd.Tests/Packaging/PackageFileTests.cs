using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Packaging;

/// <summary>What is in the package, and what install.sh installs without one.</summary>
[Collection(PackageGroup.Name)]
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class PackageFileTests(Package package) : IDisposable
{
    private static readonly string[] Listed =
    [
        "bin/spiped-net",
        "bin/spipe-net",
        "lib/systemd/system/spiped-net.service",
        "lib/systemd/system/spiped-receive.service",
        "lib/systemd/system/spiped-receive@.service",
        "lib/systemd/system/spiped-receive@.socket",
        "lib/systemd/system/spiped-send.service",
        "lib/systemd/system/spiped-send@.service",
        "lib/sysusers.d/spiped-net.conf",
        "share/bash-completion/completions/spiped-net",
        "share/bash-completion/completions/spipe-net",
        "share/doc/spiped-net/NEWS.md.gz",
        "share/doc/spiped-net/README.md",
        "share/doc/spiped-net/copyright",
        "share/doc/spiped-net/docs/dotnet-client.md",
        "share/doc/spiped-net/docs/encrypt-redis.md",
        "share/doc/spiped-net/docs/harden-redis.md",
        "share/doc/spiped-net/docs/key-rotation.md",
        "share/doc/spiped-net/docs/many-tunnels.md",
        "share/doc/spiped-net/docs/monitoring.md",
        "share/doc/spiped-net/docs/redis-cluster.md",
        "share/doc/spiped-net/docs/redis-migration.md",
        "share/doc/spiped-net/docs/redis-replication.md",
        "share/doc/spiped-net/docs/redis-sentinel.md",
        "share/doc/spiped-net/docs/server-to-server.md",
        "share/doc/spiped-net/docs/several-clients.md",
        "share/doc/spiped-net/docs/unix-sockets.md",
        "share/doc/spiped-net/dotnet-notices.txt.gz",
        "share/doc/spiped-net/grafana/alerts.yml",
        "share/doc/spiped-net/grafana/spiped-net.json",
        "share/man/man1/spiped-net.1.gz",
        "share/man/man1/spipe-net.1.gz",
        "share/man/man5/spiped-net.conf.5.gz",
    ];

    private static readonly string[] OfDebian = ["share/doc/spiped-net/changelog.gz", "share/lintian/overrides/spiped-net"];

    private readonly TestDirectory _directory = new();

    // Directories may have blanks in their names.
    private string Root => _directory.File("the root");

    [PackageFact(Needs = "lintian")]
    public async Task Lintian_has_nothing_to_say_against_it()
    {
        using TestProcess lintian = TestProcess.Start("lintian", ["--allow-root", "--fail-on", "error,warning", package.File]);

        int status = await lintian.ExitAsync(TimeSpan.FromMinutes(3));

        Assert.Equal(new ProcessOutcome(0, "", ""), await lintian.OutcomeAsync());
        Assert.Equal(0, status);
    }

    [PackageFact]
    public async Task It_holds_the_files_that_install_sh_lists_and_those_of_Debian()
    {
        ProcessOutcome content = await TestProcess.RunAsync("dpkg-deb", ["--contents", package.File]);

        string[] files = [.. content.Output.Split('\n').Where(line => line.StartsWith('-')).Select(line => line.Split(" ./")[1])];

        Assert.Equal(Sorted([.. Listed, .. OfDebian], "usr/"), files.Order(StringComparer.Ordinal));
    }

    [PackageFact]
    public async Task The_same_sources_give_the_same_bytes()
    {
        string architecture = Path.GetFileNameWithoutExtension(package.File).Split('_')[^1];
        using TestProcess build = TestProcess.Start(
            "bash", [Programs.InRepository("packaging", "build-deb.sh"), architecture, _directory.Path, package.Published]);
        Assert.Equal(0, await build.ExitAsync(TimeSpan.FromMinutes(3)));

        Assert.Equal(
            await File.ReadAllBytesAsync(package.File), await File.ReadAllBytesAsync(_directory.File(Path.GetFileName(package.File))));
    }

    [PackageFact]
    public async Task Install_sh_installs_what_it_lists_and_uninstall_leaves_nothing()
    {
        await InstallAsync("--published", Published);

        Assert.Equal(Sorted(Listed, "usr/local/"), Files());
        Assert.True(Directory.Exists(Path.Combine(Root, "etc/spiped")));

        await InstallAsync("--uninstall");

        Assert.Empty(Files());
        Assert.False(Directory.Exists(Path.Combine(Root, "etc/spiped")));
    }

    [PackageFact]
    public async Task Uninstall_leaves_the_keys()
    {
        await InstallAsync("--published", Published);
        await File.WriteAllTextAsync(Path.Combine(Root, "etc/spiped/redis.key"), "key");

        await InstallAsync("--uninstall");

        Assert.Equal(["etc/spiped/redis.key"], Files());
    }

    public void Dispose() => _directory.Dispose();

    private static IEnumerable<string> Sorted(IEnumerable<string> files, string below) =>
        files.Select(file => below + file).Order(StringComparer.Ordinal);

    private IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal);

    private string Published =>
        Directory.CreateSymbolicLink(_directory.File("what is published"), package.Published).FullName;

    private async Task InstallAsync(params string[] arguments) => Assert.Equal(
        new ProcessOutcome(0, "", ""),
        await TestProcess.RunAsync(
            "env", [$"DESTDIR={Root}", "bash", Programs.InRepository("packaging", "install.sh"), .. arguments]));
}
