using System.Runtime.InteropServices;

namespace SpipedNet.Tunnel.Interop;

/// <summary>
/// An array of <c>struct epoll_event</c> in native memory. The structure is packed to 12 bytes on x86-64 and has
/// 16 bytes everywhere else (sys/epoll.h, EPOLL_PACKED), so its fields are reached by offset.
/// </summary>
internal sealed unsafe class EpollEvents(int capacity) : IDisposable
{
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = Stride - 8;

    private byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * Stride));

    /// <summary>How many events one wait can return.</summary>
    public int Capacity => capacity;

    /// <summary>The array, for epoll_wait and epoll_ctl.</summary>
    public void* Pointer => _events;

    /// <summary>The event mask and the data of one event.</summary>
    public (uint Mask, ulong Data) this[int index]
    {
        get => (*(uint*)At(index), *(ulong*)(At(index) + DataOffset));
        set => (*(uint*)At(index), *(ulong*)(At(index) + DataOffset)) = value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_events);
        _events = null;
    }

    private byte* At(int index) => _events + (nint)index * Stride;
}
