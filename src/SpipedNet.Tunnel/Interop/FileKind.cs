namespace SpipedNet.Tunnel.Interop;

/// <summary>What a file is: the S_IFMT part of its mode.</summary>
internal enum FileKind
{
    Pipe = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    SymbolicLink = 0xA000,
    Socket = 0xC000,
}

internal static class FileKindExtensions
{
    public static string Describe(this FileKind kind) => kind switch
    {
        FileKind.Pipe => "a named pipe",
        FileKind.CharacterDevice or FileKind.BlockDevice => "a device",
        FileKind.Directory => "a directory",
        FileKind.Regular => "a regular file",
        FileKind.SymbolicLink => "a symbolic link",
        _ => "a socket",
    };
}
