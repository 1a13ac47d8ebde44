using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

public sealed class BoundSourceTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Its_socket_file_goes_with_it()
    {
        using (Bind())
            Assert.True(File.Exists(_path));
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public void A_successors_socket_file_stays()
    {
        BoundSource old = Bind();
        File.Delete(_path);
        using BoundSource successor = Bind();
        old.Dispose();
        Assert.True(File.Exists(_path));
    }

    private BoundSource Bind()
    {
        Assert.True(TunnelAddress.TryParse(_path, out TunnelAddress? address, out _));
        BoundSource? bound = BoundSource.TryBind(address, new UnixDomainSocketEndPoint(_path), out string? error);
        Assert.Null(error);
        return bound!;
    }
}
