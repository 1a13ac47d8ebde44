using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>The memory of another process, which only root can read.</summary>
internal static class ProcessMemory
{
    private const int Piece = 1 << 20;

    /// <summary>How often the bytes are in what the process can write to.</summary>
    public static int Count(int process, byte[] wanted)
    {
        using SafeFileHandle memory = File.OpenHandle($"/proc/{process}/mem");
        int count = 0;
        foreach ((long start, long end) in WritableRanges(process))
        {
            // Pieces overlap by less than what is looked for.
            for (long at = start; at < end; at += Piece)
                count += Count(memory, at, (int)Math.Min(Piece + wanted.Length - 1, end - at), wanted);
        }

        return count;
    }

    private static int Count(SafeFileHandle memory, long at, int length, byte[] wanted)
    {
        byte[] bytes = new byte[length];
        int read;
        try
        {
            read = RandomAccess.Read(memory, bytes, at);
        }
        catch (IOException)
        {
            return 0; // reserved, but without memory behind it
        }

        int count = 0;
        for (int found, from = 0; (found = bytes.AsSpan(from, read - from).IndexOf(wanted)) >= 0; from += found + 1)
            count++;
        return count;
    }

    private static IEnumerable<(long Start, long End)> WritableRanges(int process) =>
        from line in File.ReadAllLines($"/proc/{process}/maps")
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields[1].StartsWith("rw", StringComparison.Ordinal)
        let range = fields[0].Split('-')
        select (long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
