using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>Memory for secrets: pinned, so that the garbage collector leaves no copies, and zeroed at the end of its life.</summary>
internal sealed class SecretMemory(int size) : IDisposable
{
    private readonly byte[] _bytes = GC.AllocateArray<byte>(size, pinned: true);

    /// <summary>The secret. Zeros after <see cref="Dispose"/>.</summary>
    public Span<byte> Span => _bytes;

    /// <summary>The address is stable for the object's life.</summary>
    public ref byte Start => ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_bytes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
