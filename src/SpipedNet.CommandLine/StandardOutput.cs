using System.Diagnostics.CodeAnalysis;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>Text that a program was asked for.</summary>
internal static class StandardOutput
{
    /// <summary>Prints lines on standard output; when they cannot be written, says so on standard error.</summary>
    /// <returns>The exit status.</returns>
    public static int Print(ProgramText program, string text)
    {
        string? error = "it is closed";
        if (StandardDescriptor.IsOpen(StandardDescriptor.Output) && TryWrite(Console.Out, text, out error))
            return 0;
        StandardDescriptor.Say(program, Describe(error));
        return 1;
    }

    /// <summary>The line for text that could not be written.</summary>
    internal static string Describe(string error) => $"cannot write standard output: {error}";

    /// <summary>Writes a line, or several.</summary>
    internal static bool TryWrite(TextWriter writer, string text, [NotNullWhen(false)] out string? error)
    {
        error = null;
        try
        {
            writer.WriteLine(text);
        }
        // A full device, or, which the runtime calls a missing permission, a descriptor that is none.
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error = SystemError.Describe("", failure);
        }

        return error is null;
    }
}
