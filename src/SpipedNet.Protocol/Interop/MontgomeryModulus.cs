using System.Runtime.InteropServices;

namespace SpipedNet.Protocol.Interop;

/// <summary>
/// A modulus for libcrypto's BN_mod_exp_mont_consttime, which .NET itself rests on for its cryptography on Linux. The
/// exponent decides neither branches nor addresses there (fixed windows, whole table read for every window).
/// </summary>
internal sealed partial class MontgomeryModulus
{
    private const int ConstantTime = 4; // BN_FLG_CONSTTIME

    private readonly nint _modulus;
    private readonly nint _montgomery;

    static MontgomeryModulus()
    {
        LibCrypto.Register();
        OfGroup14 = new MontgomeryModulus(DiffieHellmanGroup14.Modulus);
    }

    /// <param name="modulus">An odd number, big-endian. Lives as long as the process.</param>
    private unsafe MontgomeryModulus(ReadOnlySpan<byte> modulus)
    {
        nint context = Check(BN_CTX_new());
        fixed (byte* start = modulus)
            _modulus = Check(BN_bin2bn(start, modulus.Length, 0));
        _montgomery = Check(BN_MONT_CTX_new());
        Check(BN_MONT_CTX_set(_montgomery, _modulus, context));
        BN_CTX_free(context);
    }

    /// <summary>Of group 14.</summary>
    public static MontgomeryModulus OfGroup14 { get; }

    /// <summary>element^exponent, big-endian, as long as the result. Thread-safe.</summary>
    public unsafe void Power(ReadOnlySpan<byte> element, ReadOnlySpan<byte> exponent, Span<byte> result)
    {
        nint context = Check(BN_CTX_new());
        fixed (byte* elementStart = element, exponentStart = exponent, resultStart = result)
        {
            nint power = Check(BN_bin2bn(exponentStart, exponent.Length, 0));
            nint number = Check(BN_bin2bn(elementStart, element.Length, 0));
            BN_set_flags(power, ConstantTime);
            Check(BN_mod_exp_mont_consttime(number, number, power, _modulus, context, _montgomery));
            if (BN_bn2binpad(number, resultStart, result.Length) != result.Length)
                throw new InvalidOperationException("BN_bn2binpad failed.");
            BN_clear_free(power);
            BN_clear_free(number);
        }

        BN_CTX_free(context);
    }

    private static nint Check(nint pointer) =>
        pointer != 0 ? pointer : throw new InvalidOperationException("libcrypto is out of memory.");

    private static void Check(int isDone)
    {
        if (isDone != 1)
            throw new InvalidOperationException("libcrypto is out of memory.");
    }

    [LibraryImport(LibCrypto.Name)]
    private static partial nint BN_CTX_new();

    [LibraryImport(LibCrypto.Name)]
    private static partial void BN_CTX_free(nint context);

    [LibraryImport(LibCrypto.Name)]
    private static unsafe partial nint BN_bin2bn(byte* bytes, int length, nint result);

    [LibraryImport(LibCrypto.Name)]
    private static unsafe partial int BN_bn2binpad(nint number, byte* bytes, int length);

    [LibraryImport(LibCrypto.Name)]
    private static partial void BN_set_flags(nint number, int flags);

    [LibraryImport(LibCrypto.Name)]
    private static partial void BN_clear_free(nint number);

    [LibraryImport(LibCrypto.Name)]
    private static partial nint BN_MONT_CTX_new();

    [LibraryImport(LibCrypto.Name)]
    private static partial int BN_MONT_CTX_set(nint montgomery, nint modulus, nint context);

    [LibraryImport(LibCrypto.Name)]
    private static partial int BN_mod_exp_mont_consttime(
        nint result, nint number, nint power, nint modulus, nint context, nint montgomery);
}
