namespace SpipedNet.CommandLine;

/// <summary>What the subcommands of <c>spiped-net</c> say about themselves.</summary>
public static class SubcommandText
{
    /// <summary><c>spiped-net keygen</c>.</summary>
    public static ProgramText Keygen { get; } = new("spiped-net", KeygenUsage, KeygenHelp);

    /// <summary><c>spiped-net fingerprint</c>.</summary>
    public static ProgramText Fingerprint { get; } = new("spiped-net", FingerprintUsage, FingerprintHelp);

    private const string KeygenUsage = "usage: spiped-net keygen FILE";

    private const string KeygenHelp = $"""
        spiped-net keygen makes a key for a tunnel: a new file of 32 bytes from the system's
        generator, which only its owner can read. It never overwrites a file.

        {KeygenUsage}

        It prints the key's fingerprint, and the commands that carry the key to the other host and
        show the fingerprint there. Who gets the file can use and read the tunnel: carry it over by
        a way that you trust, such as scp, never over the connection that it shall protect.

          -v, --version   print the version
          -h, --help      print this page
        """;

    private const string FingerprintUsage = "usage: spiped-net fingerprint FILE";

    private const string FingerprintHelp = $"""
        spiped-net fingerprint prints 8 digits that name a key without revealing it, as the daemon's
        log has them at its start. Where they are the same on two hosts, so is the key.

        {FingerprintUsage}

          FILE            the key file; - reads standard input
          -v, --version   print the version
          -h, --help      print this page
        """;
}
