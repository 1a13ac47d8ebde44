using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Interop;

/// <summary>
/// The cells of the interop matrix: a client program, a server program, the kind of all addresses, and the flags of the
/// client's and of the server's end.
/// </summary>
internal sealed class InteropCells : TheoryData<ClientProgram, Maker, AddressKind, string, string>
{
    private static readonly (string Client, string Server)[] Agreeing =
        [("", ""), ("-f", ""), ("", "-f"), ("-f", "-f"), ("-g", "-g")];

    private InteropCells(ClientProgram[] clients, (string, string)[] flags)
    {
        foreach (ClientProgram client in clients)
            foreach (Maker server in Enum.GetValues<Maker>())
                foreach (AddressKind kind in Enum.GetValues<AddressKind>())
                    foreach ((string clientFlags, string serverFlags) in flags)
                        Add(client, server, kind, clientFlags, serverFlags);
    }

    public static InteropCells OfSpiped => new([ClientProgram.OurSpiped, ClientProgram.StockSpiped], Agreeing);

    public static InteropCells OfSpipe => new([ClientProgram.OurSpipe, ClientProgram.StockSpipe], Agreeing);

    /// <summary>One end asks for forward secrecy, which the other refuses.</summary>
    public static InteropCells Contradicting => new(Enum.GetValues<ClientProgram>(), [("-g", "-f"), ("-f", "-g")]);

    /// <summary>For ends with different keys.</summary>
    public static InteropCells WithoutAndWithF => new(Enum.GetValues<ClientProgram>(), [("", ""), ("-f", "-f")]);
}
