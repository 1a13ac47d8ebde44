using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Interop;

/// <summary>
/// libcrypto's SHA-256 of whole blocks, which uses the processor's SHA instructions; .NET has no intrinsics for x86's.
/// Called on a context of ours, it needs no handle and no allocation: 18 blocks, a packet's HMAC, cost 760 ns where
/// IncrementalHash takes 1900 and HMACSHA256.HashData 4100 (Zen 3).
/// </summary>
internal static unsafe partial class LibCryptoSha256
{
    static LibCryptoSha256() => LibCrypto.Register();

    /// <summary>Whether this libcrypto has the function; some are built without it ("no-deprecated").</summary>
    public static bool IsSupported { get; } = Probe();

    /// <summary>Compresses whole blocks of 64 bytes into the state.</summary>
    [SkipLocalsInit]
    public static void Compress(ref Sha256State state, ReadOnlySpan<byte> blocks)
    {
        Unsafe.SkipInit(out Context context);
        context.State = state;
        context.BitCount = 0;
        context.BufferedCount = 0;
        fixed (byte* data = blocks)
        {
            if (SHA256_Update(&context, data, blocks.Length) != 1)
                throw new CryptographicException("SHA256_Update failed.");
        }
        state = context.State;
        context.State = default;
    }

    private static bool Probe()
    {
        try
        {
            Context context = default;
            return SHA256_Update(&context, null, 0) == 1;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    // Below a microsecond for a packet, so a garbage collection may wait for it.
    [LibraryImport(LibCrypto.Name), SuppressGCTransition]
    private static partial int SHA256_Update(Context* context, byte* data, nint length);

    // SHA256_CTX of openssl/sha.h, the same in 1.1 and 3.x. While no partial block is buffered, only the state matters.
    [StructLayout(LayoutKind.Sequential)]
    private struct Context
    {
        public Sha256State State;
        public ulong BitCount;
        public Buffer Buffered;
        public uint BufferedCount;
        public uint DigestSize;
    }

    [InlineArray(64)]
    private struct Buffer
    {
        private byte _first;
    }
}
