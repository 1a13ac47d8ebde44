namespace SpipedNet.Benchmarks;

/// <summary>
/// Writes the same bytes to a stream each time that it is asked to, on a thread of its own: an operation starts no
/// thread and allocates nothing, and who asked can read the other end meanwhile.
/// </summary>
internal sealed class Feeder : IDisposable
{
    private readonly Stream _stream;
    private readonly byte[] _block;
    private readonly int _blocks;
    private readonly SemaphoreSlim _asked = new(0);
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <param name="stream">Borrowed.</param>
    /// <param name="block">What to write.</param>
    /// <param name="blocks">How many times in a row.</param>
    public Feeder(Stream stream, byte[] block, int blocks)
    {
        (_stream, _block, _blocks) = (stream, block, blocks);
        _thread = new Thread(Run) { Name = "feeder", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Starts to write, and does not wait for the end.</summary>
    public void FeedOnce() => _asked.Release();

    /// <summary>Ends the thread when it has written what it was asked to.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _asked.Release();
        _thread.Join();
        _asked.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _asked.Wait();
            if (_isStopping)
                return;
            for (int i = 0; i < _blocks; i++)
                _stream.Write(_block);
        }
    }
}
