using System.Security.Cryptography;
using SpipedNet.Tunnel;

namespace SpipedNet.Fuzz.Targets;

/// <summary>Key files of any content: K is the SHA-256 of it, and short or empty ones are warned of.</summary>
internal sealed class KeyFileTarget : FuzzTarget
{
    private static readonly string Directory = System.IO.Directory.CreateTempSubdirectory("spiped-net-fuzz-").FullName;

    private readonly string _path = Path.Combine(Directory, "key");
    private long _files;

    static KeyFileTarget() => AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(Directory, recursive: true);

    public override string Name => "key-file";

    public override string Counts => $"{_files} files";

    public override void Try(ReadOnlySpan<byte> input)
    {
        File.WriteAllBytes(_path, input.ToArray());
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Require(KeyFile.TryRead(_path, out KeyFile? key, out string? error), $"it is read: {error}");
        using (key!.Secret)
        {
            string fingerprint = Convert.ToHexStringLower(SHA256.HashData(SHA256.HashData(input)))[..8];
            Require(key.Secret.Fingerprint == fingerprint, "the key is the file's hash");
            Require(key.Warnings.Count == (input.Length < 32 ? 1 : 0), "a short key is warned of, and no other");
        }

        _files++;
    }
}
