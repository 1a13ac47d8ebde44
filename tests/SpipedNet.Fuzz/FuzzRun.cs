namespace SpipedNet.Fuzz;

/// <summary>An input and what it led to.</summary>
internal sealed record FuzzFailure(byte[] Input, Exception Exception);

/// <summary>Tries the corpus as it is, then inputs made of it.</summary>
internal static class FuzzRun
{
    private const int LongestInput = 4096;

    // Values that lengths and counts trip over.
    private static readonly byte[] Interesting = [0, 1, 0x7f, 0x80, 0xff, (byte)'[', (byte)']', (byte)':', (byte)'/', (byte)'-', (byte)'\n'];

    /// <summary>Runs until something fails.</summary>
    /// <returns>Null when nothing did.</returns>
    public static FuzzFailure? Run(FuzzTarget target, long runs, int seed)
    {
        byte[][] corpus = Corpus(target.Name);
        foreach (byte[] input in corpus)
        {
            if (Try(target, input) is { } failure)
                return failure;
        }

        var random = new Random(seed);
        for (long run = 0; run < runs; run++)
        {
            byte[] input = Mutate(corpus, random);
            if (Try(target, input) is { } failure)
                return failure;
        }

        return null;
    }

    private static FuzzFailure? Try(FuzzTarget target, byte[] input)
    {
        try
        {
            target.Try(input);
            return null;
        }
        catch (Exception exception)
        {
            return new FuzzFailure(input, exception);
        }
    }

    // Inputs that lead far in, committed beside the targets.
    private static byte[][] Corpus(string name) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "corpus", name))
            .Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    ];

    private static byte[] Mutate(byte[][] corpus, Random random)
    {
        List<byte> input = [.. random.Next(10) > 0 ? corpus[random.Next(corpus.Length)] : Bytes(random)];
        for (int changes = random.Next(6); changes > 0; changes--)
            Change(input, corpus, random);
        return [.. input.Take(LongestInput)];
    }

    private static void Change(List<byte> input, byte[][] corpus, Random random)
    {
        int at = random.Next(input.Count + 1);
        int length = random.Next(Math.Min(64, input.Count - at) + 1);
        switch (random.Next(7))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 4:
                input.InsertRange(at, Bytes(random).Take(16));
                break;
            case 5:
                byte[] other = corpus[random.Next(corpus.Length)];
                input.InsertRange(at, other.Skip(random.Next(other.Length + 1)));
                break;
            default:
                input.Insert(at, Interesting[random.Next(Interesting.Length)]);
                break;
        }
    }

    private static byte[] Bytes(Random random)
    {
        byte[] bytes = new byte[random.Next(random.Next(2) == 0 ? 16 : 512)];
        random.NextBytes(bytes);
        return bytes;
    }
}
