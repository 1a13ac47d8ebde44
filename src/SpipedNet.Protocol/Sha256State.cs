using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SpipedNet.Protocol;

/// <summary>SHA-256's eight words between blocks (FIPS 180-4, 5.3 and 6.2): a to d, and e to h.</summary>
/// <remarks>
/// Two vectors, as the processor's SHA instructions load and store them: moving the words in another width makes the
/// instructions wait for it, 40 ns a time.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct Sha256State
{
    public Vector128<uint> Abcd;
    public Vector128<uint> Efgh;

    /// <summary>H(0) (5.3.3).</summary>
    public static Sha256State Initial => new()
    {
        Abcd = Vector128.Create(0x6a09e667u, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a),
        Efgh = Vector128.Create(0x510e527fu, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19),
    };

    /// <summary>The words as bytes, big-endian: 32 of them.</summary>
    public readonly void WriteDigest(Span<byte> digest)
    {
        ToBigEndian(Abcd).CopyTo(digest);
        ToBigEndian(Efgh).CopyTo(digest[16..]);
    }

    private static Vector128<byte> ToBigEndian(Vector128<uint> words) =>
        Vector128.Shuffle(words.AsByte(), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}
