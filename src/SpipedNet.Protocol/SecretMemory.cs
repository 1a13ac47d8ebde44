using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SpipedNet.Protocol.Interop;

namespace SpipedNet.Protocol;

/// <summary>
/// Memory for key material: pinned, so that the garbage collector leaves no copies behind, and zeroed by
/// <see cref="Dispose"/>. Reading it after that throws <see cref="ObjectDisposedException"/>.
/// </summary>
internal sealed class SecretMemory(int size) : IDisposable
{
    private readonly byte[] _bytes = GC.AllocateArray<byte>(size, pinned: true);
    private bool _isDisposed;

    /// <summary>A zeroed-at-the-end copy of <paramref name="source"/>.</summary>
    public static SecretMemory CopyOf(ReadOnlySpan<byte> source)
    {
        var memory = new SecretMemory(source.Length);
        source.CopyTo(memory.Span);
        return memory;
    }

    /// <summary>The bytes; valid until <see cref="Dispose"/>.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    /// <summary>What is left in memory, also after <see cref="Dispose"/>: for the tests of zeroing.</summary>
    internal ReadOnlySpan<byte> Remains => _bytes;

    /// <summary>Keeps it out of the swap, where the system allows that (mlock(2), RLIMIT_MEMLOCK).</summary>
    public unsafe void Lock() => _ = LockedMemory.mlock((nint)Unsafe.AsPointer(ref _bytes[0]), (nuint)_bytes.Length);

    public void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
