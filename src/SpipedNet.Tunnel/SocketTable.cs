namespace SpipedNet.Tunnel;

/// <summary>
/// The sockets of one loop by token. A token is a slot and the slot's generation, so that an event that the kernel
/// reported before its socket was closed finds nothing instead of the slot's next owner.
/// </summary>
internal sealed class SocketTable
{
    private readonly Stack<int> _free = new();
    private (NonBlockingSocket? Socket, uint Generation)[] _slots = new (NonBlockingSocket?, uint)[64];
    private int _used;

    public ulong Add(NonBlockingSocket socket)
    {
        if (!_free.TryPop(out int slot))
        {
            slot = _used++;
            if (slot == _slots.Length)
                Array.Resize(ref _slots, _slots.Length * 2);
        }

        _slots[slot].Socket = socket;
        return (ulong)_slots[slot].Generation << 32 | (uint)slot;
    }

    public NonBlockingSocket? Find(ulong token)
    {
        ref var entry = ref _slots[(uint)token];
        return entry.Generation == (uint)(token >> 32) ? entry.Socket : null;
    }

    public void Remove(ulong token)
    {
        ref var entry = ref _slots[(uint)token];
        entry.Socket = null;
        // One below the maximum, so that no token equals the loop's own wake-up data.
        entry.Generation = (entry.Generation + 1) % (uint.MaxValue - 1);
        _free.Push((int)(uint)token);
    }
}
