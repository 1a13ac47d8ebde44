using System.Text;
using System.Text.RegularExpressions;
using SpipedNet.CommandLine;
using SpipedNet.CommandLine.Configuration;

namespace SpipedNet.Fuzz.Targets;

/// <summary>A configuration file's text: tunnels with names, or for each line that is none its number and a reason.</summary>
internal sealed partial class ConfigurationTarget : FuzzTarget
{
    private long _tunnels;
    private long _errors;

    public override string Name => "configuration";

    public override string Counts => $"{_tunnels} tunnels, {_errors} mistakes";

    public override void Try(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        var tunnels = new List<TunnelDefinition>();
        var errors = new List<string>();
        ConfigurationFile.Parse(text, "/etc/f", tunnels, errors);
        int lines = 1 + text.Count(c => c == '\n');
        foreach (string error in errors)
        {
            Match place = Place().Match(error);
            Require(place.Success && int.Parse(place.Groups[1].ValueSpan) is var number && number >= 1 && number <= lines, $"a line's number and a reason: {error}");
        }

        Require(tunnels.TrueForAll(tunnel => tunnel is { Name.Length: > 0, KeyFiles.Count: > 0, Options.Targets.Count: > 0 }), "a tunnel has all that it needs");
        Require(tunnels.Count + errors.Count <= lines, "a line is a tunnel or a mistake, not both");
        _tunnels += tunnels.Count;
        _errors += errors.Count;
    }

    [GeneratedRegex("^/etc/f:([0-9]+): .")]
    private static partial Regex Place();
}
