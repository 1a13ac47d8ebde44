using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A host of a <see cref="HostNetwork"/>: its processes and sockets are in a network of their own.</summary>
internal sealed class NetworkHost(IPAddress address, TestProcess holder) : IDisposable
{
    private const int NetworkNamespace = 0x40000000;

    private readonly SafeFileHandle _network = File.OpenHandle($"/proc/{holder.Id}/ns/net");

    public IPAddress Address { get; } = address;

    /// <summary>A process in the host's network.</summary>
    public int Id => holder.Id;

    public TestProcess Start(string program, params IEnumerable<string> arguments)
    {
        string[] command = [.. Namespaces.InNetworkOf(Id), program, .. arguments];
        return TestProcess.Start(command[0], command.Skip(1));
    }

    /// <summary>Starts a process whose standard output is a stream of bytes for the test to read.</summary>
    public TestProcess StartPipe(string program, params IEnumerable<string> arguments)
    {
        string[] command = [.. Namespaces.InNetworkOf(Id), program, .. arguments];
        return TestProcess.StartPipe(command[0], command.Skip(1));
    }

    public async Task<ProcessOutcome> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using TestProcess process = Start(program, arguments);
        return await process.OutcomeAsync();
    }

    /// <summary>Waits until a process of this host listens on an address.</summary>
    public Task ListensAsync(IPEndPoint endPoint)
    {
        string wanted = string.Create(CultureInfo.InvariantCulture,
            $"{BitConverter.ToUInt32(endPoint.Address.GetAddressBytes()):X8}:{endPoint.Port:X4} 00000000:0000 0A");
        return Deadline.UntilAsync(
            () => File.ReadAllText($"/proc/{Id}/net/tcp").Contains(wanted, StringComparison.Ordinal), $"{endPoint} listens on {Address}");
    }

    /// <summary>A socket of this host, for this process: it stays in the network that its thread was in.</summary>
    public Task<Socket> NewSocketAsync() => Task.Factory.StartNew(
        NewSocketOfThread, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        _network.Dispose();
        holder.Dispose();
    }

    // LongRunning is a thread of its own, which ends with this.
    private Socket NewSocketOfThread() => SetNamespace(_network, NetworkNamespace) == 0
        ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
        : throw new IOException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeFileHandle handle, int kind);
}
