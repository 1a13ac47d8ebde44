using SpipedNet.Protocol;
using SpipedNet.Tunnel;

namespace SpipedNet.Fuzz.Targets;

/// <summary>
/// Who has not the key and sends an end of either role any bytes, in pieces of any size, cut anywhere: no session, a reason
/// that is one printable line, and of the server's end no byte but its nonce.
/// </summary>
internal sealed class ExchangeTarget : FuzzTarget
{
    private const int WholeLength = Handshake.NonceSize + Handshake.AuthenticatedValueSize;

    // All pieces wait at the socket before they are received, and each takes some 900 bytes of its 208 KiB.
    private const int SmallestPiece = 4;

    private static readonly Lazy<EventLoopGroup> Loops = new(() => new EventLoopGroup(1));
    private static readonly SharedSecret Secret = SharedSecret.FromKeyMaterial("key"u8);

    private readonly byte[] _heard = new byte[WholeLength + 1];
    private long _cut;
    private long _whole;

    public override string Name => "exchange";

    public override string Counts => $"{_whole} strangers with a whole handshake, {_cut} with less";

    public override void Try(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        TunnelRole role = reader.Byte() % 2 == 0 ? TunnelRole.Receiver : TunnelRole.Sender;
        int largestPiece = reader.Below(WholeLength) + SmallestPiece;
        ReadOnlySpan<byte> bytes = reader.Bytes(WholeLength);
        SocketPair pair = SocketPair.OfPieces();
        Send(pair, bytes, largestPiece);
        Task<HandshakeResult> run = Loops.Value.First.RunAsync(loop => RunAsync(loop, pair.Theirs, role));
        int heard = pair.ReceiveToEnd(_heard);
        HandshakeResult result = run.GetAwaiter().GetResult();

        Require(result.Keys is null && result.Failure is not null, "without the key there is no session");
        Check(result.Failure!, bytes, role);
        bool isAnswered = role == TunnelRole.Sender && bytes.Length >= Handshake.NonceSize;
        Require(heard == (isAnswered ? WholeLength : Handshake.NonceSize), $"{heard} bytes were said to a stranger with {bytes.Length}");
    }

    private void Check(HandshakeFailure failure, ReadOnlySpan<byte> bytes, TunnelRole role)
    {
        bool isWhole = bytes.Length == WholeLength;
        HandshakeFault fault = isWhole ? HandshakeFault.BadMac : HandshakeFault.Closed;
        Require(failure.Fault == fault, $"{bytes.Length} bytes are {fault}, not {failure.Fault}");
        Require(failure.NonceBytes == Math.Min(bytes.Length, Handshake.NonceSize), "as much of the nonce has come as was sent");
        string reason = failure.Explain(role, TimeSpan.FromSeconds(5));
        Require(reason.Length > 0 && !reason.Any(char.IsControl), "the reason is one printable line");
        _whole += isWhole ? 1 : 0;
        _cut += isWhole ? 0 : 1;
    }

    // The nonce and the value are received apart, and a receive that is shorter than a piece would lose its rest.
    private static void Send(SocketPair pair, ReadOnlySpan<byte> bytes, int largestPiece)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int end = at < Handshake.NonceSize ? Math.Min(Handshake.NonceSize, bytes.Length) : bytes.Length;
            int size = Math.Min(end - at, largestPiece);
            pair.Send(bytes.Slice(at, size));
            at += size;
        }

        pair.EndOurs();
    }

    private static async Task<HandshakeResult> RunAsync(EventLoop loop, int descriptor, TunnelRole role)
    {
        using var wire = new StreamSocket(loop, descriptor);
        var exchange = new HandshakeExchange(wire);
        if (role == TunnelRole.Sender)
        {
            using var client = new ClientHandshake(Secret, ForwardSecrecy.Disabled);
            return await exchange.RunClientAsync(client);
        }

        using var server = new ServerHandshake(Secret, ForwardSecrecy.Preferred);
        return await exchange.AuthenticateClientAsync(server, secrets: 1) is { } failure
            ? new HandshakeResult(null, failure)
            : await exchange.CompleteServerAsync(server);
    }
}
