namespace SpipedNet.Tunnel;

/// <summary>A number of connections, in words.</summary>
internal readonly record struct ConnectionCount(int Number)
{
    public override string ToString() => Number == 1 ? "1 connection" : $"{Number} connections";
}
