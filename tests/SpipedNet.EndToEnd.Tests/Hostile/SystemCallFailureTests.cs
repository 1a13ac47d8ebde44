using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>
/// Every error that a socket's system calls can return, injected one by one into a running end: what a connection may
/// cost, and no more. Upstream ends with all its connections when accept fails (spiped#463).
/// </summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class SystemCallFailureTests
{
    private const int FailuresEach = 3, ConnectionsEach = 4;

    // As their manual pages list them, without EAGAIN and shutdown's ENOTCONN: these are no failures, and untrue they would
    // hide that there is something to receive, or somebody to tell.
    private static readonly Dictionary<string, string> Errors = new()
    {
        ["accept,accept4"] = "ECONNABORTED EINTR EMFILE ENFILE ENOBUFS ENOMEM EPROTO EPERM ENETDOWN EHOSTUNREACH ENETUNREACH",
        ["socket"] = "EMFILE ENFILE ENOBUFS ENOMEM EACCES",
        ["connect"] = "EACCES EPERM EADDRINUSE EADDRNOTAVAIL EAGAIN ECONNREFUSED EINTR ENETUNREACH ETIMEDOUT ENOBUFS",
        ["recvfrom"] = "EINTR ECONNRESET ENOBUFS ENOMEM ETIMEDOUT EHOSTUNREACH ENOTCONN",
        ["sendto"] = "EINTR EPIPE ECONNRESET ENOBUFS ENOMEM EHOSTUNREACH ENETDOWN",
        ["shutdown"] = "ENOBUFS",
        ["setsockopt"] = "EINVAL ENOMEM ENOBUFS ENOPROTOOPT",
        ["getsockopt"] = "EINVAL ENOBUFS",
        ["epoll_ctl"] = "ENOMEM ENOSPC",
        ["epoll_wait,poll"] = "EINTR",
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string call in Errors.Keys)
            {
                cases.Add("-e", call);
                cases.Add("-d", call);
            }

            return cases;
        }
    }

    [RootTheory]
    [MemberData(nameof(Cases))]
    public async Task An_error_of_a_system_call_costs_a_connection_at_most(string role, string call)
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-o", "2");
        TestProcess end = (role == "-e" ? tunnel.Client : tunnel.Server).Process;
        int sockets = ProcessTable.Sockets(end.Id);
        await EchoAsync(tunnel);

        foreach (string error in Errors[call].Split(' '))
        {
            using (await InjectAsync(end.Id, call, error))
            {
                await Task.WhenAll(Enumerable.Range(0, ConnectionsEach).Select(_ => TryEchoAsync(tunnel)));
            }

            await EchoAsync(tunnel);
        }

        await Deadline.UntilAsync(() => ProcessTable.Sockets(end.Id) == sockets, $"{end.Id} has {sockets} sockets again");
        Assert.DoesNotContain("unexpected", end.Error, StringComparison.Ordinal);
    }

    // Until it is disposed, the next calls of the process fail.
    private static async Task<TestProcess> InjectAsync(int process, string call, string error)
    {
        TestProcess strace = TestProcess.Start(
            "strace", ["-f", "-p", $"{process}", "-e", $"trace={call}", "-e", $"inject={call}:error={error}:when=1..{FailuresEach}"]);
        await strace.ErrorContainsAsync("attached");
        return strace;
    }

    private static async Task EchoAsync(TunnelPair tunnel)
    {
        using Duplex connection = Duplex.Of(await tunnel.Source.ConnectAsync());
        await connection.AssertEchoesAsync();
        connection.CloseOutput();
        await Deadline.ForAsync(connection.CountUntilEndAsync(), "the connection's end");
    }

    private static async Task TryEchoAsync(TunnelPair tunnel)
    {
        try
        {
            await EchoAsync(tunnel);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // one that the error has cost
        }
    }
}
