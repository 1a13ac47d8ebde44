using Microsoft.Extensions.Logging;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Access;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.CommandLine.Tests;

/// <summary>Each option of spiped-net, and what holds without it.</summary>
public sealed class DaemonOptionsTests
{
    [Fact]
    public void The_defaults_are_spipeds()
    {
        DaemonOptions options = Parsing.Daemon(Parsing.Minimal);
        Assert.Equal(100, options.Tunnel!.Options.MaxConnections);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Tunnel!.Options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(60), options.Tunnel!.Options.ResolveInterval);
        Assert.Equal(ForwardSecrecy.Preferred, options.Tunnel!.Options.ForwardSecrecy);
        Assert.True(options.Tunnel!.Options.IsKeepAlive);
        Assert.False(options.Tunnel!.Options.IsWaitingForNames);
        Assert.Null(options.Tunnel!.Options.Bind);
        Assert.False(options.IsForeground);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.DrainTimeout);
        Assert.False(options.IsSyslog);
        Assert.Null(options.RunAs);
        Assert.Equal(LogLevel.Information, options.LogLevel);
    }

    [Fact]
    public void Source_target_and_key_file_are_taken_as_written()
    {
        DaemonOptions options = Parsing.Daemon("-e -s /run/source -t db.example.com:6379 -k -");
        Assert.Equal("/run/source", options.Tunnel!.Options.Source.UnixPath);
        Assert.Equal(["db.example.com:6379"], options.Tunnel!.Options.Targets.Select(target => target.Text));
        Assert.Equal("-", options.Tunnel!.KeyFiles[0]);
    }

    [Fact]
    public void Several_targets_are_kept_in_their_order_and_not_checked_unless_asked_for()
    {
        DaemonOptions options = Parsing.Daemon("-e -s /s -t /b -t /a -k key -t/c");
        Assert.Equal(["/b", "/a", "/c"], options.Tunnel!.Options.Targets.Select(target => target.Text));
        Assert.Null(options.Tunnel!.Options.TargetCheck);
    }

    [Theory]
    [InlineData("tcp", "Tcp")]
    [InlineData("redis", "Redis")]
    [InlineData("redis-master", "RedisMaster")]
    public void A_check_of_the_targets_has_a_kind_and_asks_every_second(string text, string kind)
    {
        TargetCheckOptions check = Parsing.Daemon($"-e -s /s -t /t -k key --target-check {text}").Tunnel!.Options.TargetCheck!;
        Assert.Equal((kind, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), ($"{check.Kind}", check.Interval, check.Timeout));
    }

    [Fact]
    public void Sentinels_are_as_many_as_are_named()
    {
        TargetCheckOptions check = Parsing.Daemon(
            "-e -s /s -t /t -k key --target-check redis-master --sentinel /a --sentinel /b --master-name cache").Tunnel!.Options.TargetCheck!;
        Assert.Equal(["/a", "/b"], check.Sentinels.Select(sentinel => sentinel.Text));
        Assert.Equal("cache", check.MasterName);
    }

    [Fact]
    public void A_check_has_its_times_and_its_login_from_the_options()
    {
        DaemonOptions options = Parsing.Daemon(
            "-d -s /s -t /t -k key --target-check redis --check-interval 5 --check-timeout 0.5 --redis-user me --redis-password-file /p");
        Assert.Equal(TimeSpan.FromSeconds(5), options.Tunnel!.Options.TargetCheck!.Interval);
        Assert.Equal(TimeSpan.FromSeconds(0.5), options.Tunnel!.Options.TargetCheck!.Timeout);
        Assert.Equal(new RedisLogin("me", "/p"), options.Tunnel!.RedisLogin);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(" --sentinel-password-file /q", null)]
    [InlineData(" --sentinel-password-file /q --sentinel-user them", "them")]
    public void The_Sentinels_may_have_a_login_of_their_own(string options, string? user)
    {
        TunnelDefinition tunnel = Parsing.Daemon(
            $"-e -s /s -t /t -k key --target-check redis-master --sentinel /a --master-name m --redis-password-file /p{options}").Tunnel!;
        Assert.Equal(new RedisLogin(null, "/p"), tunnel.RedisLogin);
        Assert.Equal(options.Length == 0 ? null : new RedisLogin(user, "/q"), tunnel.SentinelLogin);
    }

    [Theory]
    [InlineData("v1", "V1")]
    [InlineData("v2", "V2")]
    public void The_target_is_told_of_the_client_in_a_version_of_the_PROXY_protocol(string text, string version) =>
        Assert.Equal(version, $"{Parsing.Daemon($"-d -s /s -t /t -k key --proxy-protocol {text}").Tunnel!.Options.ProxyProtocol}");

    [Fact]
    public void Who_may_connect_is_as_many_ranges_as_are_named_and_anyone_without_one()
    {
        IReadOnlyList<AddressRange> ranges = Parsing.Daemon($"{Parsing.Minimal} --allow 192.0.2.0/24 --allow=::1").Tunnel!.Options.Allow;
        Assert.Equal([Range("192.0.2.0/24"), Range("::1")], ranges);
        Assert.Empty(Parsing.Daemon(Parsing.Minimal).Tunnel!.Options.Allow);
    }

    [Fact]
    public void The_source_may_be_what_a_service_manager_passes()
    {
        Assert.True(Parsing.Daemon("-d -F -s systemd: -t /t -k key").Tunnel!.Options.Source.IsPassed);
        Assert.Equal("systemd", Parsing.Daemon("-d -F -s systemd:80 -t /t -k key").Tunnel!.Options.Source.HostName);
    }

    [Theory]
    [InlineData("-e", nameof(TunnelRole.Sender))]
    [InlineData("-d", nameof(TunnelRole.Receiver))]
    public void The_role_is_e_or_d(string option, string role) =>
        Assert.Equal(Enum.Parse<TunnelRole>(role), Parsing.Daemon($"{option} -s /s -t /t -k key").Tunnel!.Options.Role);

    [Theory]
    [InlineData("-f", ForwardSecrecy.Disabled)]
    [InlineData("-g", ForwardSecrecy.Required)]
    public void Forward_secrecy_is_disabled_by_f_and_required_by_g(string option, ForwardSecrecy expected) =>
        Assert.Equal(expected, Parsing.Daemon($"{Parsing.Minimal} {option}").Tunnel!.Options.ForwardSecrecy);

    [Fact]
    public void D_waits_for_names() => Assert.True(Parsing.Daemon($"{Parsing.Minimal} -D").Tunnel!.Options.IsWaitingForNames);

    [Fact]
    public void F_stays_in_the_foreground() => Assert.True(Parsing.Daemon($"{Parsing.Minimal} -F").IsForeground);

    [Fact]
    public void J_turns_keepalive_off() => Assert.False(Parsing.Daemon($"{Parsing.Minimal} -j").Tunnel!.Options.IsKeepAlive);

    [Fact]
    public void Syslog_logs_to_syslog() => Assert.True(Parsing.Daemon($"{Parsing.Minimal} --syslog").IsSyslog);

    [Fact]
    public void Status_may_be_asked_for_unless_no_control_says_otherwise()
    {
        Assert.True(Parsing.Daemon(Parsing.Minimal).Observers.IsControlled);
        Assert.False(Parsing.Daemon($"{Parsing.Minimal} --no-control").Observers.IsControlled);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(" --metrics [127.0.0.1]:9464", "[127.0.0.1]:9464")]
    [InlineData(" --metrics=/run/metrics.sock", "/run/metrics.sock")]
    public void Metrics_are_told_at_an_address_or_nowhere(string option, string? expected) =>
        Assert.Equal(expected, Parsing.Daemon(Parsing.Minimal + option).Observers.Metrics?.Text);

    [Theory]
    [InlineData("[192.0.2.1]", 0)]
    [InlineData("[192.0.2.1]:0", 0)]
    [InlineData("[192.0.2.1]:99", 99)]
    public void The_port_of_the_bind_address_may_be_left_out(string bind, int port) =>
        Assert.Equal(port, Parsing.Daemon($"{Parsing.Minimal} -b {bind}").Tunnel!.Options.Bind!.Port);

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", int.MaxValue)]
    [InlineData("2147483648", int.MaxValue)]
    [InlineData("18446744073709551615", int.MaxValue)]
    public void The_limit_is_a_count_where_0_means_none(string value, int expected) =>
        Assert.Equal(expected, Parsing.Daemon($"{Parsing.Minimal} -n {value}").Tunnel!.Options.MaxConnections);

    [Theory]
    [InlineData("0.25", 0.25)]
    [InlineData("1e1", 10)]
    [InlineData(".5", 0.5)]
    [InlineData("0", 5)]
    [InlineData("1e-9", 0.001)]
    public void The_timeout_is_in_seconds_with_fractions_and_0_means_the_default(string value, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Parsing.Daemon($"{Parsing.Minimal} -o {value}").Tunnel!.Options.Timeout);

    [Theory]
    [InlineData("--idle-timeout 30", 30.0)]
    [InlineData("--idle-timeout 0", null)]
    [InlineData("", null)]
    public void A_connection_may_be_idle_for_so_many_seconds_and_for_ever_unless_asked(string option, double? seconds) =>
        Assert.Equal(seconds, Parsing.Daemon($"{Parsing.Minimal} {option}".TrimEnd()).Tunnel!.Options.IdleTimeout?.TotalSeconds);

    [Theory]
    [InlineData("--drain-timeout 30", 30)]
    [InlineData("--drain-timeout=0.5", 0.5)]
    [InlineData("--drain-timeout 0", -0.001)] // Timeout.Infinite
    public void A_drain_may_take_so_many_seconds_and_0_means_for_ever(string option, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Parsing.Daemon($"{Parsing.Minimal} {option}").DrainTimeout);

    [Theory]
    [InlineData("-r 0.5", 0.5)]
    [InlineData("-r 0", 60.0)]
    [InlineData("-R", null)]
    [InlineData("-r 60 -R", null)]
    [InlineData("-r 0 -R", null)]
    public void The_target_is_looked_up_again_every_r_seconds_or_with_R_never(string option, double? seconds) =>
        Assert.Equal(seconds, Parsing.Daemon($"{Parsing.Minimal} {option}").Tunnel!.Options.ResolveInterval?.TotalSeconds);

    [Theory]
    [InlineData("", "[127.0.0.1]:1.pid")]
    [InlineData(" -p run/x.pid", "run/x.pid")]
    [InlineData(" -F", null)]
    [InlineData(" -F -p run/x.pid", "run/x.pid")]
    public void The_pid_file_is_the_given_one_or_for_a_daemon_the_sources(string more, string? expected) =>
        Assert.Equal(expected, Parsing.Daemon(Parsing.Minimal + more).PidFile);

    [Theory]
    [InlineData("redis", "redis", null)]
    [InlineData(":redis", null, "redis")]
    [InlineData("1000:redis", "1000", "redis")]
    [InlineData("a:b:c", "a", "b:c")]
    public void U_names_a_user_a_group_or_both(string value, string? user, string? group) =>
        Assert.Equal(new UserAndGroup(user, group), Parsing.Daemon($"{Parsing.Minimal} -u {value}").RunAs);

    [Theory]
    [InlineData("--log-level debug", LogLevel.Debug)]
    [InlineData("--log-level=information", LogLevel.Information)]
    [InlineData("--log-level=warning", LogLevel.Warning)]
    [InlineData("--log-level=error", LogLevel.Error)]
    public void The_log_level_is_one_of_four(string option, LogLevel expected) =>
        Assert.Equal(expected, Parsing.Daemon($"{Parsing.Minimal} {option}").LogLevel);

    private static AddressRange Range(string text) =>
        AddressRange.TryParse(text, out AddressRange? range, out string? error) ? range : throw new FormatException(error);
}
