namespace SpipedNet.CommandLine;

/// <summary>What a program says about itself.</summary>
/// <param name="Name">The name that starts its messages.</param>
/// <param name="Usage">The short form, for who mistyped.</param>
/// <param name="Help">The page, for who is new.</param>
internal sealed record ProgramText(string Name, string Usage, string Help)
{
    /// <summary>The version of both programs, three numbers.</summary>
    public static string Version { get; } = typeof(ProgramText).Assembly.GetName().Version!.ToString(3);

    /// <summary><c>spiped-net</c>.</summary>
    public static ProgramText Daemon { get; } = new("spiped-net", DaemonUsage, DaemonHelp);

    /// <summary><c>spipe-net</c>.</summary>
    public static ProgramText Pipe { get; } = new("spipe-net", PipeUsage, PipeHelp);

    // Short, so that the line above it, which says what is wrong, is not scrolled away.
    private const string DaemonUsage = """
        usage: spiped-net {-e | -d} -s SOURCE -t TARGET -k KEYFILE [OPTION]...
               spiped-net -c FILE {-F | -p PIDFILE | --test} [OPTION]...
               spiped-net --help
        """;

    private const string DaemonSynopsis = """
        usage: spiped-net {-e | -d} -s SOURCE -t TARGET [-t TARGET]... -k KEYFILE
                   [-b BIND] [-DFj] [-f | -g] [-n MAXCONN] [-o TIMEOUT] [-p PIDFILE]
                   [-r RTIME | -R] [-u USER | :GROUP | USER:GROUP]
                   [-k KEYS]... [--revoke {close | keep}]
                   [--allow CIDR]... [--proxy-protocol {v1 | v2}]
                   [--early-connect] [--max-unauthenticated COUNT]
                   [--max-unauthenticated-per-address COUNT]
                   [--target-check {tcp | redis | redis-master}]
                   [--check-interval SECONDS] [--check-timeout SECONDS]
                   [--sentinel ADDRESS]... [--master-name NAME]
                   [--sentinel-password-file FILE [--sentinel-user USER]]
                   [--redis-password-file FILE [--redis-user USER]]
                   [--idle-timeout SECONDS] [--drain-timeout SECONDS]
                   [--no-control] [--metrics ADDRESS] [--syslog] [--log-level LEVEL]
               spiped-net -c FILE {-F | -p PIDFILE} [-u USER | :GROUP | USER:GROUP]
                   [--drain-timeout SECONDS] [--no-control] [--metrics ADDRESS]
                   [--syslog] [--log-level LEVEL]
               spiped-net -c FILE --test [-u USER | :GROUP | USER:GROUP]
               spiped-net keygen FILE
               spiped-net fingerprint FILE
               spiped-net check -t TARGET -k KEYFILE [--redis]
               spiped-net status [NAME]... [--watch] [--brief | --json] [--socket PATH]
               spiped-net reload [NAME] [--socket PATH]
               spiped-net redis-mesh --node NAME=ADDRESS... [--self NAME]
               spiped-net -v
               spiped-net --help
        """;

    private const string DaemonHelp = $"""
        spiped-net carries TCP or UNIX socket connections to another host, encrypted and
        authenticated with one shared key. It speaks the protocol of Tarsnap's spiped.

        {DaemonSynopsis}

        A Redis on another host, as if it were local
          On either host, make a key and copy it to the other one over a safe way:
            spiped-net keygen redis.key
          On the Redis host, db.example.com, where redis-server listens on 127.0.0.1:6379:
            spiped-net -d -s '[0.0.0.0]:8025' -t '[127.0.0.1]:6379' -k redis.key
          On the application's host:
            spiped-net -e -s '[127.0.0.1]:6379' -t db.example.com:8025 -k redis.key
            redis-cli -p 6379 ping

        What to do
          -e              encrypt: take plain connections at SOURCE, send encrypted ones to TARGET
          -d              decrypt: take encrypted connections at SOURCE, send plain ones to TARGET
          -s SOURCE       where to listen
          -t TARGET       where to connect; repeated: to the first that answers
          -k KEYFILE      the key, any file that both ends have; - reads standard input
        An address is /path/of/unix/socket, host.name:port, [1.2.3.4]:port or [ipv6::address]:port.
        SOURCE may also be systemd: for the socket that a systemd socket unit passes; needs -F.

        Connections
          -b BIND         connect from this local address; its port may be left out
          -n MAXCONN      at most so many connections at a time (100; 0 for no limit)
          -o TIMEOUT      seconds for connecting, and again for the handshake (5)
          -r RTIME        look TARGET's name up again every so many seconds (60)
          -R              never look it up again
          -j              no TCP keepalive, which finds a vanished peer after 150 seconds of silence
          --allow CIDR    serve only who connects from this range, 192.0.2.0/24, 2001:db8::/32 or one
                          address (repeated: from one of them), and reset anyone else at once
          --proxy-protocol v1 | v2
                          with -d: tell TARGET the client's address first, in the PROXY protocol of
                          HAProxy; TARGET has to expect it
          --idle-timeout SECONDS
                          reset a connection that has carried nothing for so long (0, the default:
                          never)
          -f              no forward secrecy: quicker connections, but who gets the key later can
                          read what was recorded before
          -g              require forward secrecy: refuse a peer that runs with -f

        A key for each client (with -d)
          -k KEYS         repeated, or a directory of files NAME.key: a client may have any of them, and
                          NAME stands in the log. After SIGHUP they are read again: a key that is
                          new is good at once, one that is gone is good for no new connection
          --revoke close | keep
                          what becomes of the connections of a key that is gone (keep)

        Several tunnels
          -c FILE         run the tunnels of this file, or of the files NAME.conf of this directory.
                          A tunnel is a line: NAME: and the options of this page, without those of
                          the process; # begins a comment, a backslash at the end continues a line,
                          quotes are a shell's, and paths are relative to the file. After SIGHUP it
                          is read again: tunnels whose lines did not change go on, and a mistake
                          changes nothing
          --test          say what FILE would run, or what is wrong with it, and exit; with -u, as that
                          user reads it

        Several targets
          --target-check tcp | redis | redis-master
                          ask each TARGET all the time, and connect to the first that accepts
                          connections; that answers as a Redis; that is the Redis master (connections
                          to one that is it no longer are reset)
          --check-interval SECONDS
                          from one check to the next (1)
          --check-timeout SECONDS
                          time for an answer (1)
          --sentinel ADDRESS
                          with redis-master: use it only while most of the Sentinels (repeat the
                          option for each) name it, too; they are asked the same way as TARGET
          --master-name NAME
                          what the Sentinels call the master
          --redis-password-file FILE
                          the password for the checks is this file's first line
          --redis-user USER
                          the ACL user for the checks
          --sentinel-password-file FILE
                          the password of the Sentinels, if it is another than Redis's
          --sentinel-user USER
                          the ACL user at the Sentinels

        Before a client has proved that it has the key (with -d)
          --early-connect
                          connect to TARGET for anyone at once, as spiped does: sooner by the time
                          that this takes
          --max-unauthenticated COUNT
                          at most so many at a time, besides MAXCONN (10000, or MAXCONN if that is
                          more); the oldest makes room
          --max-unauthenticated-per-address COUNT
                          the same for one IPv4 address or IPv6 /64 network (1000, or MAXCONN)

        The process
          -F              stay in the foreground; otherwise a daemon is started, and this command
                          returns once the daemon listens
          -D              wait for names that cannot be looked up yet, after returning
          -p PIDFILE      where to write the process id (SOURCE.pid; with -F nowhere)
          -u USER | :GROUP | USER:GROUP
                          change to this user and group after SOURCE is bound
          --drain-timeout SECONDS
                          after SIGTERM, reset connections that have not ended by then (0, the
                          default: wait for as long as they last)
          --no-control    no socket for spiped-net status
          --metrics ADDRESS
                          answer GET /metrics for Prometheus and /healthz at this address, to anyone
          --syslog        log to syslog instead of standard error
          --log-level LEVEL
                          debug, information (the default), warning or error
          -v, --version   print the version
          -h, --help      print this page

        Keys, health and groups (each has a page of its own: spiped-net keygen --help)
          spiped-net keygen FILE
                          make a new key file; prints its fingerprint
          spiped-net fingerprint FILE
                          print the fingerprint of a key file, to compare two hosts' keys
          spiped-net check -t TARGET -k KEYFILE [--redis]
                          try a connection step by step; the exit status says whether it works
          spiped-net status [NAME]... [--watch] [--brief | --json] [--socket PATH]
                          show the tunnels that run here, and what they carry
          spiped-net reload [NAME] [--socket PATH]
                          have configuration and keys read again; says whether that went well
          spiped-net redis-mesh --node NAME=ADDRESS... [--self NAME]
                          print one host's set-up of a group of Redis that replicate through tunnels

        SIGTERM stops listening and ends the process with the last connection; SIGINT ends it now;
        SIGHUP reads the keys, and with -c the file, again.
        """;

    private const string PipeUsage = """
        usage: spipe-net -t TARGET -k KEYFILE [-b BIND] [-f | -g] [-j] [-o TIMEOUT]
               spipe-net -v
               spipe-net --help
        """;

    private const string PipeHelp = $"""
        spipe-net joins standard input and output with a spiped-net -d (or spiped -d) on another
        host, encrypted and authenticated with one shared key.

        {PipeUsage}

        Example: talk to a Redis behind spiped-net -d at db.example.com:8025
            printf 'PING\r\nQUIT\r\n' | spipe-net -t db.example.com:8025 -k redis.key

          -t TARGET       where to connect: /path/of/unix/socket, host.name:port, [1.2.3.4]:port or
                          [ipv6::address]:port
          -k KEYFILE      the key, any file that both ends have; - reads standard input
          -b BIND         connect from this local address; its port may be left out
          -o TIMEOUT      seconds for connecting, and again for the handshake (5)
          -j              no TCP keepalive
          -f              no forward secrecy: a quicker start, but who gets the key later can read
                          what was recorded before
          -g              require forward secrecy: refuse a peer that runs with -f
          -v, --version   print the version
          -h, --help      print this page
        The exit status is 0 after an orderly end of the connection, otherwise 1 and a line says why.
        """;
}
