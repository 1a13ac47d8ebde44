using System.Diagnostics.CodeAnalysis;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>The key that a program was told to use (<c>-k</c>), from a file or from standard input.</summary>
internal static class ProgramKey
{
    /// <summary>Reads it, however long that takes; a person at a terminal is told what is waited for.</summary>
    /// <param name="program">Who asks.</param>
    /// <param name="path">The file, or <see cref="KeyFile.StandardInput"/>.</param>
    /// <param name="key">The key, when the result is true; the caller disposes its secret.</param>
    /// <param name="error">One line that says why it cannot be read, when the result is false.</param>
    public static bool TryRead(
        ProgramText program, string path, [NotNullWhen(true)] out KeyFile? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        error = Prepare(program, path);
        return error is null && KeyFile.TryRead(path, out key, out error);
    }

    /// <summary>What comes before a key is read: nobody looks into the process's memory from now on, and a person hears what is waited for.</summary>
    /// <returns>Null, or one line that says why it cannot be read.</returns>
    public static string? Prepare(ProgramText program, string path)
    {
        if (CheckInput(path) is { } error)
            return error;
        if (path == KeyFile.StandardInput && StandardDescriptor.IsTerminal(StandardDescriptor.Input))
            StandardDescriptor.Say(program, "reading the key from standard input, a terminal, until Ctrl-D (-k -)");
        ProcessMemory.Close();
        return null;
    }

    /// <summary>Makes sure that there is a standard input if the key shall come from there.</summary>
    /// <returns>Null, or one line that says that there is none.</returns>
    public static string? CheckInput(string path) =>
        path != KeyFile.StandardInput || StandardDescriptor.IsOpen(StandardDescriptor.Input)
            ? null
            : "cannot read the key on standard input: it is closed; redirect it from the key file, or name that after -k";
}
