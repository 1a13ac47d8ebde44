using System.Net.Sockets;
using System.Security.Cryptography;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>One end of a connection with two directions that close separately: a socket, or a process's pipes.</summary>
internal sealed class Duplex(Stream input, Stream output, Action closeOutput, Action dispose) : IDisposable
{
    public Stream Input => input;

    public Stream Output => output;

    public static Duplex Of(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        return new Duplex(stream, stream, () => socket.Shutdown(SocketShutdown.Send), stream.Dispose);
    }

    /// <summary>The pipes of a process; disposal does not end the process.</summary>
    public static Duplex Of(TestProcess process) =>
        new(process.Output, process.Input, process.Input.Close, () => { });

    /// <summary>Writes all of it, then closes this direction.</summary>
    public async Task SendAllAsync(ReadOnlyMemory<byte> data)
    {
        await output.WriteAsync(data);
        await output.FlushAsync();
        closeOutput();
    }

    public void CloseOutput() => closeOutput();

    /// <summary>Reads exactly so many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        var buffer = new byte[count];
        await Deadline.ForAsync(input.ReadExactlyAsync(buffer).AsTask(), $"{count} bytes");
        return buffer;
    }

    /// <summary>Reads to the end, or no further than so many bytes.</summary>
    public async Task<ReceivedBytes> DigestAsync(long limit = long.MaxValue)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        long count = 0;
        while (count < limit
            && await input.ReadAsync(buffer.AsMemory(0, (int)long.Min(buffer.Length, limit - count))) is > 0 and int read)
        {
            hash.AppendData(buffer, 0, read);
            count += read;
        }
        return new ReceivedBytes(count, Convert.ToHexString(hash.GetHashAndReset()));
    }

    /// <summary>Asserts that what it sends now comes back.</summary>
    public async Task AssertEchoesAsync(int count = 16)
    {
        byte[] word = RandomNumberGenerator.GetBytes(count);
        Task sent = output.WriteAsync(word).AsTask();
        Assert.Equal(word, await ReceiveAsync(count));
        await sent;
        await output.FlushAsync();
    }

    /// <summary>Reads until the connection ends, in order or by a reset; returns how many bytes came before.</summary>
    public async Task<int> CountUntilEndAsync()
    {
        var buffer = new byte[4096];
        int count = 0;
        try
        {
            while (await input.ReadAsync(buffer) is > 0 and int read)
                count += read;
        }
        catch (IOException)
        {
            // a reset is an end too
        }
        return count;
    }

    /// <summary>Asserts that it ends with a reset; returns how many bytes came before.</summary>
    public async Task<long> AssertResetAsync()
    {
        var received = new MemoryStream();
        IOException end = await Assert.ThrowsAsync<IOException>(
            () => Deadline.ForAsync(input.CopyToAsync(received), "the connection's end"));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(end.InnerException).SocketErrorCode);
        return received.Length;
    }

    public void Dispose() => dispose();
}

/// <summary>What came through a connection: how many bytes, and their SHA-256 in hexadecimal.</summary>
internal sealed record ReceivedBytes(long Count, string Sha256)
{
    public static ReceivedBytes Of(ReadOnlySpan<byte> data) =>
        new(data.Length, Convert.ToHexString(SHA256.HashData(data)));
}
