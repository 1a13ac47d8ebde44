namespace SpipedNet.Tests.Malformed;

/// <summary>Options whose value is missing, or is none.</summary>
internal static class MalformedValues
{
    private const string E = "b: -e -s /none/b -t /t -k key", D = "b: -d -s [127.0.0.1]:7 -t /t -k key";
    private const string NoPort = "the port is missing; write host:port or [ip]:port", Port = "is not a port; a port is a number from 1 to 65535";
    private const string NoCount = "it is not a whole number of connections", NoSeconds = "it is not a number of seconds", NoCheck = "a check is tcp, redis or redis-master";

    /// <summary>Each option that has a value, without one.</summary>
    public static readonly MalformedFile[] Missing =
    [
        .. "-s -t -k -b -n -o -r --idle-timeout --target-check --check-interval --check-timeout --sentinel --master-name --sentinel-user --sentinel-password-file --redis-user --redis-password-file"
            .Split(' ').Select(option => new MalformedFile($"b: -e {option}", $"missing argument to {option}")),
        .. "--allow --proxy-protocol --revoke --max-unauthenticated --max-unauthenticated-per-address"
            .Split(' ').Select(option => new MalformedFile($"{D} {option}", $"missing argument to {option}")),
        new("b: -e -s -t /t -k key", "is the value of -s missing?"),
        new("b: -e -s /none/b -t -k key", "is the value of -t missing?"),
        new("b: -e -s /none/b -t /t -n -k key", "is the value of -n missing?"),
        new(D + " --revoke --early-connect", "is the value of --revoke missing?"),
        new("b: -e -s /none/b -t /t -k", "missing argument to -k"),
        new("b: -e -s /none/b -t /t -k ''", "it is empty; name a file"),
        new("b: -e -s '' -t /t -k key", "-s : it is empty"),
        new("b: -e -s /none/b -t ' ' -k key", "it is empty; write host:port"),
        new(E + " -n ''", NoCount),
        new(E + " -o \"\"", NoSeconds),
        new(D + " --revoke=", "it is close or keep"),
        new(D + " --allow=", "the address is missing"),
        new(E + " --target-check redis --redis-user '' --redis-password-file p", "--redis-user : it is empty"),
        new(E + " --target-check redis --redis-password-file ''", "--redis-password-file : it is empty; name a file"),
    ];

    /// <summary>Addresses, of every option that has one.</summary>
    public static readonly MalformedFile[] Addresses =
    [
        Source("nowhere", NoPort),
        Source("[127.0.0.1]", NoPort),
        Source("127.0.0.1:", NoPort),
        Source("[127.0.0.1", "the closing ] is missing"),
        Source("127.0.0.1]:7", "an IP address is written [ip]:port"),
        Source("[127.0.0.1]7", "only :port may follow the ]"),
        Source(":7", "the host is missing; write host:port, or [0.0.0.0]:port for every address"),
        Source("7", NoPort),
        Source("[127.0.0.1]:0", $"\"0\" {Port}"),
        Source("[127.0.0.1]:65536", $"\"65536\" {Port}"),
        Source("[127.0.0.1]:-7", $"\"-7\" {Port}"),
        Source("[127.0.0.1]:7-9", $"\"7-9\" {Port}"),
        Source("[256.0.0.1]:7", "\"256.0.0.1\" is not an IP address"),
        Source("[127.1]:7", "\"127.1\" is not an IP address"),
        Source("[127.0.0.01]:7", "\"127.0.0.01\" is not an IP address"),
        Source("[localhost]:7", "a host name goes without brackets"),
        Source("[fe80::1%no-such0]:7", "there is no network interface \"no-such0\""),
        Source("./b", "the path of a UNIX socket is absolute"),
        Source("unix:///run/b", "it is no URL: leave out unix://"),
        Source($"/{new string('b', 107)}", "the path of a UNIX socket has at most 107 bytes"),
        Source($"/{new string('ö', 54)}", "the path of a UNIX socket has at most 107 bytes"),
        Target("::1:7", "an IPv6 address is written in brackets"),
        Target("2001:db8::1", "an IPv6 address is written in brackets"),
        Target("[::1:7", "the closing ] is missing"),
        Target("[[::1]]:7", "is not an IP address"),
        Target("[::1/64]:7", "\"::1/64\" is not an IP address"),
        Target("[2001:db8::g]:7", "\"2001:db8::g\" is not an IP address"),
        Target("[1::2::3]:7", "\"1::2::3\" is not an IP address"),
        Target("db.example.com", NoPort),
        Target("db.example.com:redis", $"\"redis\" {Port}"),
        Target("db.example.com:99999999999", Port),
        Target("db.example.com:7:8", "\"db.example.com:7\" is not a host name"),
        Target("redis://db.example.com:7", "it is no URL: leave out redis://"),
        Target("'db example:7'", "a host name contains no white space"),
        Target("db..example.com:7", "\"db..example.com\" is not a host name"),
        Target(".example.com:7", "\".example.com\" is not a host name"),
        Target("run/t.sock", "the path of a UNIX socket is absolute"),
        Target("[127.0.0.1]:7,[127.0.0.2]:7", Port),
        new(E + " -b 300.0.0.1:x", $"\"x\" {Port}"),
        new(E + " -b [127.0.0.1]:70000", $"\"70000\" {Port}"),
        new(E + " -b /b", "connections come from an IP address"),
        new(E + " --target-check redis-master --master-name m --sentinel db", $"--sentinel db: {NoPort}"),
    ];

    /// <summary>Ranges of addresses.</summary>
    public static readonly MalformedFile[] Ranges =
    [
        Allow("192.0.2.0/33", "a number from 0 to 32 here"),
        Allow("2001:db8::/129", "a number from 0 to 128 here"),
        Allow("192.0.2.1/24", "the network is 192.0.2.0/24"),
        Allow("2001:db8::1/32", "the network is 2001:db8::/32"),
        Allow("192.0.2/24", "\"192.0.2\" is not an IP address"),
        Allow("192.0.2.0/", "\"\" is not the length of a prefix"),
        Allow("192.0.2.0/-1", "\"-1\" is not the length of a prefix"),
        Allow("192.0.2.0/255.255.255.0", "is not the length of a prefix"),
        Allow("/24", "the address is missing"),
        Allow("[192.0.2.0]/24", "it is written without brackets"),
        Allow("192.0.2.1:7", "is not an IP address"),
        Allow("fe80::%lo/64", "a range has no zone"),
        Allow("db.example.com", "\"db.example.com\" is not an IP address"),
        Allow("192.0.2.0/24,198.51.100.0/24", "is not the length of a prefix"),
    ];

    /// <summary>Numbers, times and the words that an option knows.</summary>
    public static readonly MalformedFile[] Words =
    [
        new(E + " -n many", NoCount),
        new(E + " -n -1", NoCount),
        new(E + " -n 1.5", NoCount),
        new(E + " -n=5", NoCount),
        new(E + " -n 99999999999999999999999", NoCount),
        new(E + " -o never", NoSeconds),
        new(E + " -o 5s", NoSeconds),
        new(E + " -o 1,5", NoSeconds),
        new(E + " -o -1", "a number of seconds is from 0 to 4000000"),
        new(E + " -o nan", "a number of seconds is from 0"),
        new(E + " -r 1e99", "a number of seconds is from 0 to 4000000"),
        new(E + " -r 5m", NoSeconds),
        new(E + " --idle-timeout 0x10", NoSeconds),
        new(E + " --idle-timeout 4000001", "a number of seconds is from 0 to 4000000"),
        new(D + " --max-unauthenticated 0", "a number of connections is from 1"),
        new(D + " --max-unauthenticated 2147483648", "a number of connections is from 1 to 2147483647"),
        new(D + " --max-unauthenticated-per-address few", "a number of connections is from 1"),
        new(D + " --revoke maybe", "it is close or keep"),
        new(D + " --revoke CLOSE", "it is close or keep"),
        new(D + " --proxy-protocol v3", "a version of the PROXY protocol is v1 or v2"),
        new(D + " --proxy-protocol 2", "a version of the PROXY protocol is v1 or v2"),
        new(E + " --target-check ping", NoCheck),
        new(E + " --target-check Redis", NoCheck),
        new(E + " --target-check tcp --check-interval soon", NoSeconds),
        new(E + " --target-check tcp --check-timeout -2", "a number of seconds is from 0"),
    ];

    private static MalformedFile Source(string address, string reason) => new($"b: -e -s {address} -t /t -k key", reason);

    private static MalformedFile Target(string address, string reason) => new($"b: -e -s /none/b -t {address} -k key", reason);

    private static MalformedFile Allow(string range, string reason) => new($"{D} --allow {range}", reason);
}
