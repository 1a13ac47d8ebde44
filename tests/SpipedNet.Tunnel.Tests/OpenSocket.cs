using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SpipedNet.Tunnel.Tests;

/// <summary>The socket of an IPv4 connection among this process's descriptors, whoever opened it.</summary>
internal sealed record OpenSocket(int Descriptor, IPEndPoint Local, IPEndPoint Remote)
{
    private delegate int NameGetter(int descriptor, byte[] address, ref int length);

    /// <summary>All that there are now.</summary>
    public static IReadOnlyList<OpenSocket> All() =>
    [
        .. Directory.EnumerateFiles("/proc/self/fd")
            .Select(path => Of(int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)))
            .OfType<OpenSocket>(),
    ];

    /// <summary>What the kernel says of an option (getsockopt(2)).</summary>
    public int Option(int level, int option)
    {
        int length = sizeof(int);
        Assert.Equal(0, GetOption(Descriptor, level, option, out int value, ref length));
        return value;
    }

    private static OpenSocket? Of(int descriptor) =>
        Name(descriptor, GetLocalName) is { } local && Name(descriptor, GetRemoteName) is { } remote
            ? new OpenSocket(descriptor, local, remote)
            : null;

    private static IPEndPoint? Name(int descriptor, NameGetter get)
    {
        var address = new System.Net.SocketAddress(AddressFamily.InterNetwork);
        byte[] buffer = new byte[address.Size];
        int length = buffer.Length;
        if (get(descriptor, buffer, ref length) != 0 || length != buffer.Length || buffer[0] != (byte)AddressFamily.InterNetwork)
            return null;
        buffer.CopyTo(address.Buffer);
        return (IPEndPoint)new IPEndPoint(IPAddress.Any, 0).Create(address);
    }

    [DllImport("libc", EntryPoint = "getsockname")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLocalName(int descriptor, byte[] address, ref int length);

    [DllImport("libc", EntryPoint = "getpeername")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetRemoteName(int descriptor, byte[] address, ref int length);

    [DllImport("libc", EntryPoint = "getsockopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetOption(int descriptor, int level, int option, out int value, ref int length);
}
