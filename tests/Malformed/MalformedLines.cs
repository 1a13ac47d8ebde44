namespace SpipedNet.Tests.Malformed;

/// <summary>Lines whose words are words, and no tunnel.</summary>
internal static class MalformedLines
{
    private const string Options = "-e -s /none/b -t /t -k key";
    private const string E = "b: " + Options, D = "b: -d -s [127.0.0.1]:7 -t /t -k key";
    private const string Begins = "a line begins with the tunnel's name and a colon", OptionsOnly = "a line is NAME: and then options only", NoName = "a name may have letters, digits and . _ - @, at most 64";

    /// <summary>What stands before the options.</summary>
    public static readonly MalformedFile[] Names =
    [
        new("b " + Options, Begins),
        new(": " + Options, Begins),
        new("b:" + Options, Begins),
        new("b : " + Options, Begins),
        new(Options, "this one begins with -e"),
        new("b", "this one begins with b"),
        new("a b: " + Options, "this one begins with a"),
        new("b:: " + Options, NoName),
        new("a:b: " + Options, NoName),
        new("a/b: " + Options, NoName),
        new("'a b': " + Options, NoName),
        new("tür: " + Options, NoName),
        new("b,c: " + Options, NoName),
        new("{b}: " + Options, NoName),
        new("b=c: " + Options, NoName),
        new("--json: " + Options, "does not begin with -"),
        new($"{new string('b', 65)}: " + Options, NoName),
        new("'': " + Options, Begins),
        new("[redis]", "this one begins with [redis]"),
        new("SOURCE=[0.0.0.0]:8025", "this one begins with SOURCE=[0.0.0.0]:8025"),
        new("// " + Options, "this one begins with //"),
        new("a: " + Options, "the name a is taken, by "),
        new($"b: {Options}\nb: -e -s /c -t /t -k key", 2, "the name b is taken, by "),
        new("spiped " + Options, OptionsOnly),
        new("spiped-net -F " + Options, OptionsOnly),
        new("/usr/bin/spiped -F -d -s /none/b -t /t -k key -p pid", OptionsOnly),
        new("ExecStart=/usr/bin/spiped-net " + Options, OptionsOnly),
        new("redis: spiped-net " + Options, OptionsOnly + ": leave out spiped-net"),
        new("redis: /usr/local/bin/spiped -F " + Options, OptionsOnly + ": leave out /usr/local/bin/spiped"),
    ];

    /// <summary>Options that are missing, repeated, unknown, another's, or do not go together.</summary>
    public static readonly MalformedFile[] Sets =
    [
        new("b:", "one of -e and -d is missing"),
        new("b: -s /none/b -t /t -k key", "one of -e and -d is missing"),
        new("b: -ed -s /none/b -t /t -k key", "-e and -d exclude each other"),
        new("b: -e -t /t -k key", "-s is missing"),
        new("b: -e -s /none/b -k key", "-t is missing"),
        new("b: -d -s /none/b -t /t", "-k is missing"),
        new(E + " -e", "-e is given twice"),
        new(E + " -s /c", "-s is given twice"),
        new(E + " -n 5 -n 6", "-n is given twice"),
        new(E + " -o 5 -o5", "-o is given twice"),
        new(E + " -ff", "-f is given twice"),
        new(E + " --idle-timeout 5 --idle-timeout=5", "--idle-timeout is given twice"),
        new(D + " --revoke keep --revoke close", "--revoke is given twice"),
        new(E + " -t /t", "-t /t is given twice"),
        new(E + " -x", "illegal option -- -x"),
        new(E + " -E", "illegal option -- -E"),
        new(E + " --idle-time 5", "illegal option -- --idle-time"),
        new(E + " -idle-timeout 5", "illegal option -- -i: write --idle-timeout"),
        new(E + " -f=yes", "illegal option -- -="),
        new(D + " --early-connect=yes", "--early-connect takes no value"),
        new(E + " extra", "unexpected argument: extra"),
        new(E + " -", "unexpected argument: -"),
        new(E + " -- extra", "unexpected argument: extra"),
        new("b: -e /b -t /t -k key", "unexpected argument: /b"),
        new("b: -e /b /t key", "unexpected argument: /b"),
        new(E + " -F", "-F belongs to the process"),
        new("b: -Fe -s /none/b -t /t -k key", "-F belongs to the process"),
        new(E + " -p pid", "-p belongs to the process"),
        new(E + " -p/run/b.pid", "-p belongs to the process"),
        new(E + " -u nobody", "-u belongs to the process"),
        new("b: -c other.conf", "-c belongs to the process"),
        new(E + " --test", "--test belongs to the process"),
        new(E + " --syslog", "--syslog belongs to the process"),
        new(E + " --log-level=debug", "--log-level belongs to the process"),
        new(E + " --drain-timeout 5", "--drain-timeout belongs to the process"),
        new(E + " --metrics [127.0.0.1]:9", "--metrics belongs to the process"),
        new(E + " --no-control", "--no-control belongs to the process"),
        new("b: --help", "-h and -v are for the command line"),
        new(E + " -v", "-h and -v are for the command line"),
        new(E + " -fg", "-f and -g exclude each other"),
        new(E + " -R -r 5", "-r and -R exclude each other"),
        new(E + " -k other.key", "-k is given twice, and -e has one key"),
        new("b: -e -s /none/b -t /t -k -", "a configuration's keys come from files"),
        new(D + " -k -", "-k - is one key, and has no name"),
        new("b: -d -s systemd: -t /t -k key", "a socket is passed to a process with one tunnel"),
        new(E + " --early-connect", "--early-connect needs -d"),
        new(E + " --max-unauthenticated 5", "--max-unauthenticated needs -d"),
        new(E + " --max-unauthenticated-per-address 5", "--max-unauthenticated-per-address needs -d"),
        new(E + " --revoke close", "--revoke needs -d"),
        new(E + " --proxy-protocol v2", "--proxy-protocol needs -d"),
        new(E + " --allow 192.0.2.0/24", "--allow needs an IP address at -s"),
        new(E + " --check-interval 5", "--check-interval needs --target-check"),
        new(E + " --redis-password-file password", "--redis-password-file needs --target-check"),
        new(E + " --target-check redis-master --sentinel [192.0.2.7]:26379", "--sentinel and --master-name need each other"),
        new(E + " --target-check redis-master --master-name mymaster", "--sentinel and --master-name need each other"),
        new(E + " --target-check redis --sentinel /s --master-name m", "--sentinel needs --target-check redis-master"),
        new(E + " --target-check redis-master --sentinel /s --master-name m --sentinel-user u", "--sentinel-user needs --sentinel-password-file"),
        new(E + " --target-check redis-master --sentinel-password-file password", "--sentinel-password-file needs --sentinel"),
        new(E + " --target-check redis --redis-user u", "--redis-user needs --redis-password-file"),
        new(E + " --target-check tcp --redis-password-file password", "--redis-password-file needs --target-check redis"),
        new("b: -e -s /none/b -t /none/b -k key", "the target /none/b is the source itself"),
        new("b: -e -s /none/b -t /none/x/../b -k key", "the target /none/x/../b is the source itself"),
        new("b: -d -s [127.0.0.1]:7 -t [127.0.0.1]:7 -k key", "the target [127.0.0.1]:7 is the source itself"),
        new("b: -d -s [127.0.0.1]:7 -t [192.0.2.7]:7 -t localhost:7 -k key", "the target localhost:7 is the source itself"),
        new("b: -d -s [0.0.0.0]:7 -t [127.0.0.2]:7 -k key", "the target [127.0.0.2]:7 is the source itself"),
        new("b: -d -s [::1]:7 -t [::]:7 -k key", "the target [::]:7 is the source itself"),
        new(E + " -b [127.0.0.1]", "nothing connects from -b [127.0.0.1] to -t /t"),
        new("b: -e -s /none/b -t [::1]:7 -b [127.0.0.1] -k key", "nothing connects from -b [127.0.0.1] to -t [::1]:7"),
    ];

    /// <summary>Sources that one process cannot have both; each pair is good but for that.</summary>
    public static readonly MalformedFile[] Overlaps =
    [
        Pair("/run/x", "/run/x", "/run/x is the source of b, too ("),
        Pair("/run/x", "//run/./x"),
        Pair("/run/x", "/run/a/../x"),
        Pair("[127.0.0.1]:7", "[127.0.0.1]:7", "[127.0.0.1]:7 is the source of b, too ("),
        Pair("[127.0.0.1]:7", "127.0.0.1:7"),
        Pair("[127.0.0.1]:7", "[127.0.0.1]:007"),
        Pair("[0.0.0.0]:7", "[127.0.0.1]:7"),
        Pair("[127.0.0.1]:7", "[0.0.0.0]:7"),
        Pair("[::]:7", "[::1]:7"),
        Pair("[::]:7", "[127.0.0.1]:7"),
        Pair("[0.0.0.0]:7", "[::]:7"),
        Pair("[::1]:7", "[0:0::0001]:7"),
        Pair("[127.0.0.1]:7", "[::ffff:127.0.0.1]:7"),
        Pair("[::ffff:0.0.0.0]:7", "[127.0.0.1]:7"),
        Pair("localhost:7", "LOCALHOST:7"),
    ];

    /// <summary>More than one mistake at a time, each with its line; and more than anybody reads.</summary>
    public static readonly MalformedFile[] Several =
    [
        new("b: -e\nc: -x\nd", new Mistake(1, "-s is missing"), new Mistake(2, "illegal option -- -x"), new Mistake(3, "begins with d")),
        new($"b: -e -s 'b\n# fine\n\nc: -e -s /none/b \\\n  -t $T\n{E}\nb: -n", new Mistake(1, "not closed"), new Mistake(5, "$ means"), new Mistake(7, "missing argument to -n")),
        new($"{E}\n{E}", new Mistake(2, "the name b is taken"), new Mistake(2, "/none/b is the source of b, too")),
        new($"b: -e -s /none/b -t /t -k key -n x\n{new string('\n', 300)}c: -d", new Mistake(1, "-n x"), new Mistake(302, "-s is missing")),
        new(new string('b', 1 << 20), "bbb ... bbb"),
        new($"{new string('b', 1 << 20)}: {Options}", "bbb ... bbb"),
        new($"b: -e -s /none/b -t {new string('t', 1 << 20)}: -k key", "the port is missing"),
        new($"{E} -n {new string('9', 1 << 20)}x", "it is not a whole number of connections"),
        new($"{E} {string.Concat(Enumerable.Repeat("-f ", 1 << 18))}", "-f is given twice"),
        new($"{E} '{new string('x', 1 << 20)}", "the quote ' is not closed"),
    ];

    private static MalformedFile Pair(string one, string other, string? reason = null) =>
        new($"b: -e -s {one} -t /t -k key\nc: -e -s {other} -t /t -k key", 2, reason ?? $"{other} is the source of b, too, which listens on {one} (");
}
