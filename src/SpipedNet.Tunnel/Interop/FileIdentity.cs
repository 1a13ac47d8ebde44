using System.Runtime.InteropServices;

namespace SpipedNet.Tunnel.Interop;

/// <summary>Which file a path names, by its device and inode, which a path alone does not tell; and what it is.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, FileKind Kind)
{
    private const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100;

    /// <summary>The file that the path names now, a link for itself; null when there is none.</summary>
    public static FileIdentity? Of(string path) => Of(path, AT_SYMLINK_NOFOLLOW);

    private static unsafe FileIdentity? Of(string path, int flags)
    {
        const uint STATX_TYPE = 1, STATX_INO = 0x100;
        const int S_IFMT = 0xF000;
        Statx found;
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (Libc.statx(AT_FDCWD, name, flags, STATX_TYPE | STATX_INO, &found) != 0)
                return null;
        }

        ulong device = (ulong)found.DeviceMajor << 32 | found.DeviceMinor;
        return new FileIdentity(device, found.Inode, (FileKind)(found.Mode & S_IFMT));
    }

    /// <summary>Whether the path names this file still; true when it may not be looked at.</summary>
    public bool IsAt(string path) =>
        Of(path) is { } now ? now == this : Libc.LastError is not (Errno.NoSuchFile or Errno.NotADirectory);

    /// <summary>Whether this process may make files in a directory.</summary>
    public static bool MayMakeIn(string directory)
    {
        const int W_OK = 2, X_OK = 1, AT_EACCESS = 0x200;
        return Libc.faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0;
    }

    /// <summary>What the path leads to, through links; null when there is nothing. To open a pipe would wait for who writes into it.</summary>
    public static FileKind? KindBehind(string path) => Of(path, flags: 0)?.Kind;

    // struct statx of linux/stat.h, which is the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
