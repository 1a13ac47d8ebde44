using System.Globalization;
using System.Text.RegularExpressions;
using SpipedNet.CommandLine.Configuration;
using SpipedNet.Tests.Malformed;
using SpipedNet.Tunnels;

namespace SpipedNet.CommandLine.Tests;

/// <summary>Each malformed file gives the lines of its mistakes, and reasons, and no tunnel.</summary>
public sealed partial class MalformedFileTests : IDisposable
{
    private static readonly string[] Before = ["# good lines", "", "a: -e -s [127.0.0.1]:1 -t /t -k key"], After = ["z: -e -s [127.0.0.1]:2 -t /t -k key"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<int> OfText => [.. Enumerable.Range(0, MalformedFiles.OfText.Length)];

    public static TheoryData<int> OfKeys => [.. Enumerable.Range(0, MalformedFiles.OfKeys.Length)];

    [Theory]
    [MemberData(nameof(OfText))]
    public void A_text_gives_its_lines_and_reasons_and_no_tunnel(int number)
    {
        MalformedFile file = MalformedFiles.OfText[number];
        Assert.False(ConfigurationFile.TryRead(Write(file), out IReadOnlyList<TunnelDefinition>? tunnels, out IReadOnlyList<string> errors));
        Assert.Null(tunnels);
        AssertTold(file, errors);
    }

    [Theory]
    [MemberData(nameof(OfKeys))]
    public void A_file_that_it_names_gives_the_line_and_a_reason(int number)
    {
        MalformedFile file = MalformedFiles.OfKeys[number];
        MalformedFiles.WriteKeys(_directory.Path);
        Assert.True(ConfigurationFile.TryRead(Write(file), out IReadOnlyList<TunnelDefinition>? tunnels, out IReadOnlyList<string> errors), string.Join('\n', errors));
        var unread = new List<string>();
        foreach (TunnelDefinition tunnel in tunnels)
        {
            if (TunnelFiles.TryRead(tunnel, out TunnelFiles? files, out string? error))
                files.Dispose();
            else
                unread.Add(error);
        }

        AssertTold(file, unread);
    }

    [Theory]
    [InlineData("b-1.example@x_: -e -s /b -t /t -k key")]
    [InlineData("b: -e -s /b -t /t -k '*?~$'")]
    [InlineData("b: -e -s /b -t /t -k a~b#c")]
    [InlineData("b: -e -s /b -t /t -k '\u00a0\u2019\u2013'")]
    [InlineData("b: -e -s /b -t /t -k a\u2013b\u00df")]
    [InlineData("b: -e -s /b -t /t -k c:")]
    [InlineData("b: -e -s /b -t /t -k spiped")]
    [InlineData("b: -e -s /b -t /t -k -F")]
    [InlineData("b: -e -s /b -t /t -k-F")]
    [InlineData("b: -fes/b -t /t -k key")]
    [InlineData("b: -e -s /b -t /t -k a\\ b")]
    [InlineData("b: -e -s /b -t /t -k key \\\n# a comment")]
    [InlineData("b: -e -s /b -t /t -k key \\\n")]
    [InlineData("b: -e -s /b -t /t -k key # \0 \u001b \u00a0 $ '")]
    [InlineData("b: -e -s /b -t db.example.com.:7 -b [127.0.0.1] -k key")]
    [InlineData("b: -e -s [0.0.0.0]:7 -t [192.0.2.1]:7 -k key")]
    [InlineData("b: -e -s [127.0.0.1]:7 -t db.example.com:7 -k key")]
    public void What_resembles_a_mistake_and_is_none_is_a_tunnel(string text)
    {
        Assert.True(ConfigurationFile.TryRead(Write(new MalformedFile(text)), out IReadOnlyList<TunnelDefinition>? tunnels, out IReadOnlyList<string> errors), string.Join('\n', errors));
        Assert.Equal(3, tunnels.Count);
    }

    [Fact]
    public void No_two_of_them_are_the_same()
    {
        MalformedFile[] all = [.. MalformedFiles.OfText, .. MalformedFiles.OfKeys, .. MalformedFiles.OfSystem];
        Assert.Equal(all.Length, all.DistinctBy(file => (file.Text, file.Encoding, file.IsLast)).Count());
        Assert.True(MalformedFiles.OfText.Length > 200, $"there are {MalformedFiles.OfText.Length}");
    }

    [Fact]
    public void What_becomes_of_them_by_chance_is_tunnels_or_mistakes_with_lines_and_reasons()
    {
        byte[][] files = [.. MalformedFiles.OfText.Select(file => file.Compose(Before, After)).Where(bytes => bytes.Length < 5000)];
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int run = 0; run < 5000; run++)
        {
            byte[] bytes = Change(files, random);
            string path = Write(bytes);
            bool isRead = ConfigurationFile.TryRead(path, out IReadOnlyList<TunnelDefinition>? tunnels, out IReadOnlyList<string> errors);
            Assert.True(isRead ? tunnels!.Count > 0 : errors.Count > 0 && errors.All(error => IsTold(error, path, bytes)), $"seed {seed}, run {run}: {string.Join('\n', errors)}");
        }
    }

    private static byte[] Change(byte[][] files, Random random)
    {
        List<byte> bytes = [.. files[random.Next(files.Length)]];
        for (int changes = 1 + random.Next(4); changes > 0; changes--)
        {
            byte[] other = files[random.Next(files.Length)];
            int at = random.Next(bytes.Count);
            bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at));
            bytes.InsertRange(at, random.Next(2) == 0 ? [(byte)random.Next(256)] : other.Skip(random.Next(other.Length)).Take(40));
        }

        return [.. bytes];
    }

    private static bool IsTold(string error, string path, byte[] bytes)
    {
        Match told = Line().Match(error[path.Length..]);
        bool isAboutAll = error.Contains("there is no tunnel in it", StringComparison.Ordinal) || error.EndsWith(" mistakes more", StringComparison.Ordinal);
        return error.StartsWith(path, StringComparison.Ordinal) && !error.Any(char.IsControl)
            && (isAboutAll || told.Success && int.Parse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is var line && line >= 1 && line <= 1 + bytes.Count(b => b == '\n'));
    }

    [GeneratedRegex("^:([0-9]{1,6}): .")]
    private static partial Regex Line();

    private string Write(MalformedFile file) => Write(file.Compose(Before, After));

    private string Write(byte[] bytes)
    {
        string path = _directory["tunnels.conf"];
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private void AssertTold(MalformedFile file, IReadOnlyList<string> errors)
    {
        Assert.True(file.Mistakes.Length == errors.Count, $"{file}: {string.Join('\n', errors)}");
        foreach ((Mistake mistake, string error) in file.Mistakes.Zip(errors))
        {
            Assert.StartsWith($"{_directory["tunnels.conf"]}:{MalformedFile.LineOf(mistake, Before.Length)}: ", error, StringComparison.Ordinal);
            Assert.Contains(mistake.Reason, error, StringComparison.Ordinal);
            Assert.DoesNotContain(error, char.IsControl);
            Assert.True(error.Length < 2000, $"{error.Length} characters are no line");
        }
    }
}
