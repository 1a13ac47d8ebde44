using System.Diagnostics.CodeAnalysis;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Keys;

namespace SpipedNet.CommandLine;

/// <summary>The keys of a tunnel (<c>-k</c>): one, which may come from standard input, or a receiver's several.</summary>
internal static class ProgramKeys
{
    /// <summary>Reads them, however long that takes.</summary>
    /// <param name="program">Who asks.</param>
    /// <param name="paths">Files and directories, or <see cref="KeyFile.StandardInput"/> alone.</param>
    /// <param name="role">The end that they are for: a sender has one.</param>
    /// <param name="ring">The keys, when the result is true; the caller disposes them.</param>
    /// <param name="warnings">What should be better about them; a line each.</param>
    /// <param name="error">One line that says why they cannot be read, when the result is false.</param>
    public static bool TryRead(
        ProgramText program, IReadOnlyList<string> paths, TunnelRole role,
        [NotNullWhen(true)] out KeyRing? ring, out IReadOnlyList<string> warnings, [NotNullWhen(false)] out string? error)
    {
        (ring, warnings) = (null, []);
        error = role == TunnelRole.Sender && Directory.Exists(paths[0])
            ? $"{paths[0]} is a directory, and -e has one key (-k): name the file"
            : ProgramKey.Prepare(program, paths[0]);
        return error is null && KeyFiles.TryRead(paths, out ring, out warnings, out error);
    }
}
