using SpipedNet.Systemd;

namespace SpipedNet.CommandLine.Tests;

/// <summary>What the environment says of a service manager. The variables are the collection's alone, whose tests run in turn.</summary>
[Collection(EnvironmentGroup.Name)]
public sealed class ServiceManagerTests : IDisposable
{
    private static readonly string[] Variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

    [Fact]
    public void Without_a_socket_there_is_no_manager_and_no_watchdog()
    {
        using ServiceManager manager = Read(null, "1000000", null);
        Assert.False(manager.IsPresent);
        Assert.Null(manager.WatchdogTime);
    }

    [Fact]
    public void The_variables_are_gone_once_they_were_read()
    {
        using ServiceManager manager = Read("/run/notify", "1000000", $"{Environment.ProcessId}");
        Assert.All(Variables, variable => Assert.Null(Environment.GetEnvironmentVariable(variable)));
    }

    [Theory]
    [InlineData("/run/notify", true)]
    [InlineData("@notify", true)]
    [InlineData("", false)]
    [InlineData("@", false)]
    [InlineData("relative", false)]
    [InlineData("vsock:2:1", false)]
    [InlineData("/107 bytes 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 01234567", true)]
    [InlineData("/108 bytes 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012345678", false)]
    [InlineData("/longer than the 108 bytes that a socket's address has room for: 0123456789 0123456789 0123456789 0123456789 0", false)]
    public void A_socket_is_a_path_or_a_name_after_an_at_sign(string address, bool expected)
    {
        using ServiceManager manager = Read(address, null, null);
        Assert.Equal(expected, manager.IsPresent);
    }

    [Theory]
    [InlineData("1500000", 1500.0)]
    [InlineData("1", 0.001)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("1s", null)]
    [InlineData("18446744073709551615", null)]
    [InlineData("9223372036854775807", null)]
    public void The_watchdogs_time_is_in_microseconds(string text, double? milliseconds)
    {
        using ServiceManager manager = Read("/run/notify", text, null);
        Assert.Equal(milliseconds, manager.WatchdogTime?.TotalMilliseconds);
    }

    [Fact]
    public void Another_processs_watchdog_does_not_count()
    {
        using ServiceManager manager = Read("/run/notify", "1000000", $"{Environment.ProcessId + 1}");
        Assert.Null(manager.WatchdogTime);
    }

    public void Dispose() => Array.ForEach(Variables, variable => Environment.SetEnvironmentVariable(variable, null));

    private static ServiceManager Read(params string?[] values)
    {
        for (int i = 0; i < values.Length; i++)
            Environment.SetEnvironmentVariable(Variables[i], values[i]);
        return ServiceManager.FromEnvironment();
    }
}
