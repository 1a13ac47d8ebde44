using System.Security.Cryptography;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A temporary directory of one test: keys, UNIX sockets, pid files. Gone with all it holds on disposal.</summary>
internal sealed class TestDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = Directory.CreateTempSubdirectory("spiped-net-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A key file of 32 random bytes that only its owner can read.</summary>
    public string NewKey() => NewKey(RandomNumberGenerator.GetBytes(32));

    public string NewKey(byte[] content, UnixFileMode mode = OwnerOnly)
    {
        string path = File($"key-{Guid.NewGuid():N}");
        System.IO.File.WriteAllBytes(path, content);
        System.IO.File.SetUnixFileMode(path, mode);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
