namespace SpipedNet.CommandLine.Tests;

/// <summary>Options that do not go together, and values that are none: which reason, and what is said.</summary>
public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("-s /s -t /t -k key", "one of -e and -d is missing")]
    [InlineData("-e -t /t -k key", "-s is missing")]
    [InlineData("-e -s /s -k key", "-t is missing")]
    [InlineData("-e -s /s -t /t", "-k is missing")]
    [InlineData("-e -d -s /s -t /t -k key", "-e and -d exclude each other")]
    [InlineData("-e -s /s -t /t -k key -fg", "-f and -g exclude each other")]
    [InlineData("-e -s /s -t /t -k key -R -r 59", "-r and -R exclude each other")]
    [InlineData("-e -s /s -t /t -k key -p key", "-p and -k name the same file")]
    [InlineData("-e -s /s -t /t -k key -p ./x/../key", "-p and -k name the same file")]
    [InlineData("-e -s systemd: -t /t -k key", "-s systemd: needs -F")]
    [InlineData("-e -s /s -t /t -k key --early-connect", "--early-connect needs -d")]
    [InlineData("-e -s /s -t /t -k key --max-unauthenticated 9", "--max-unauthenticated needs -d")]
    [InlineData("-e -s /s -t /t -k key --max-unauthenticated-per-address 9", "--max-unauthenticated-per-address needs -d")]
    [InlineData("-e -s /s -t /t -k key --proxy-protocol v1", "--proxy-protocol needs -d")]
    [InlineData(
        "-d -s /s -t /t -k key --allow ::1",
        "--allow needs an IP address at -s: the clients of a UNIX socket have none; its directory's mode says who may")]
    [InlineData("-e -s /s -t /t -k key -ee", "-e is given twice")]
    [InlineData("-e -s /s -t /t -k key -j -j", "-j is given twice")]
    [InlineData("-e -s /s -t /t -k key -k key", "-k is given twice, and -e has one key")]
    [InlineData("-e -s /s -s /s -t /t -k key", "-s is given twice")]
    [InlineData("-e -s /s -t /t -k key -n 1 -n 1", "-n is given twice")]
    [InlineData("-e -s /s -t /t -k key --syslog --syslog", "--syslog is given twice")]
    [InlineData("-e -s /s -t /t -k key --check-interval 2", "--check-interval needs --target-check")]
    [InlineData("-e -s /s -t /t -k key --redis-password-file /p", "--redis-password-file needs --target-check")]
    [InlineData("-e -s /s -t /t -k key --target-check redis --redis-user me", "--redis-user needs --redis-password-file")]
    [InlineData("-e -s /s -t /t -k key --target-check redis-master --sentinel-password-file /p", "--sentinel-password-file needs --sentinel")]
    [InlineData(
        "-e -s /s -t /t -k key --target-check redis-master --sentinel /a --master-name m --sentinel-user me",
        "--sentinel-user needs --sentinel-password-file")]
    [InlineData("-e -s /s -t /t -k key --target-check redis-master --sentinel /a", "--sentinel and --master-name need each other")]
    [InlineData("-e -s /s -t /t -k key --target-check redis --sentinel /a --master-name m", "--sentinel needs --target-check redis-master")]
    [InlineData(
        "-e -s /s -t /t -k key --target-check tcp --redis-password-file /p",
        "--redis-password-file needs --target-check redis or redis-master")]
    public void Options_that_do_not_go_together_are_a_usage_error(string line, string message) =>
        Assert.Equal(new CommandLineStop(StopReason.UsageError, message), Parsing.DaemonStop(line.Split(' ')));

    [Theory]
    [InlineData("-n", "many", "it is not a whole number of connections (0 for no limit)")]
    [InlineData("-n", "-1", "it is not a whole number of connections (0 for no limit)")]
    [InlineData("-n", "1.5", "it is not a whole number of connections (0 for no limit)")]
    [InlineData("-n", "", "it is not a whole number of connections (0 for no limit)")]
    [InlineData("-n", "18446744073709551616", "it is not a whole number of connections (0 for no limit)")]
    [InlineData("--max-unauthenticated", "0", "a number of connections is from 1 to 2147483647")]
    [InlineData("--max-unauthenticated", "many", "a number of connections is from 1 to 2147483647")]
    [InlineData("--max-unauthenticated-per-address", "-1", "a number of connections is from 1 to 2147483647")]
    [InlineData("-o", "5s", "it is not a number of seconds")]
    [InlineData("-o", "", "it is not a number of seconds")]
    [InlineData("-o", "1,5", "it is not a number of seconds")]
    [InlineData("-o", "-1", "a number of seconds is from 0 to 4000000")]
    [InlineData("-o", "nan", "a number of seconds is from 0 to 4000000")]
    [InlineData("-o", "Infinity", "a number of seconds is from 0 to 4000000")]
    [InlineData("-o", "1 ", "it is not a number of seconds")]
    [InlineData("-r", "4000001", "a number of seconds is from 0 to 4000000")]
    [InlineData("-r", "x", "it is not a number of seconds")]
    [InlineData("--drain-timeout", "soon", "it is not a number of seconds")]
    [InlineData("--drain-timeout", "-1", "a number of seconds is from 0 to 4000000")]
    [InlineData("-u", "", "it is empty; write USER, :GROUP or USER:GROUP")]
    [InlineData("-u", ":", "the group after the colon is missing")]
    [InlineData("-u", "user:", "the group after the colon is missing")]
    [InlineData("--log-level", "trace", "a log level is debug, information, warning or error")]
    [InlineData("--log-level", "2", "a log level is debug, information, warning or error")]
    [InlineData("--target-check", "mysql", "a check is tcp, redis or redis-master")]
    [InlineData("--proxy-protocol", "2", "a version of the PROXY protocol is v1 or v2")]
    [InlineData("--allow", "localhost", "\"localhost\" is not an IP address; write 192.0.2.0/24, 2001:db8::/32 or one address")]
    [InlineData(
        "--allow", "192.0.2.1/24",
        "the address has bits set beyond /24; the network is 192.0.2.0/24, and 192.0.2.1 without a length is that one address")]
    [InlineData("--check-interval", "soon", "it is not a number of seconds")]
    [InlineData("-k", "", "it is empty; name a file")]
    [InlineData("-p", "", "it is empty; name a file")]
    [InlineData("-s", "localhost", "the port is missing; write host:port or [ip]:port")]
    [InlineData("-t", "systemd:", "the port is missing; write host:port or [ip]:port")]
    [InlineData("-t", "", "it is empty; write host:port, [ip]:port or /path")]
    [InlineData("-b", "[1.2.3.4]:70000", "\"70000\" is not a port; a port is a number from 1 to 65535")]
    public void A_wrong_value_is_named_with_its_option_and_the_reason(string option, string value, string reason) =>
        Assert.Equal(
            new CommandLineStop(StopReason.InvalidValue, $"{option} {value}: {reason}"),
            Parsing.DaemonStop(option, value));
}
