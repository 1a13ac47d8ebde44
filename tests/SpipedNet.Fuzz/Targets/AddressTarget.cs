using System.Text;
using SpipedNet.Tunnel;

namespace SpipedNet.Fuzz.Targets;

/// <summary>Addresses of any bytes: read or refused with one line, and what was read is written so that it is read as the same.</summary>
internal sealed class AddressTarget : FuzzTarget
{
    private delegate bool Parser(string text, out TunnelAddress? address, out string? error);

    private static readonly Parser[] Parsers = [TunnelAddress.TryParse, TunnelAddress.TryParseSource, TunnelAddress.TryParseBind];

    private long _read;
    private long _refused;

    public override string Name => "address";

    public override string Counts => $"{_read} read, {_refused} refused";

    public override void Try(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        foreach (Parser parse in Parsers)
        {
            if (!parse(text, out TunnelAddress? address, out string? error))
            {
                Require(error is { Length: > 0 } && !error.Contains('\n', StringComparison.Ordinal), "a refusal is one line");
                _refused++;
                continue;
            }

            _read++;
            if (address!.IsPassed)
                continue;
            Require(parse($"{address}", out TunnelAddress? again, out _) && $"{again}" == $"{address}", $"{address} is read as itself");
            Require((again!.HostName, again.UnixPath, again.Port) == (address.HostName, address.UnixPath, address.Port), "and means the same");
        }
    }
}
