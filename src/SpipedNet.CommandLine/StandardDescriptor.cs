using System.Runtime.InteropServices;

namespace SpipedNet.CommandLine;

/// <summary>
/// The descriptors 0, 1 and 2, as far as this process was given them. What was closed at its start the runtime has taken
/// for something of its own, which nobody may read, write or close.
/// </summary>
internal static partial class StandardDescriptor
{
    /// <summary>Standard input.</summary>
    public const int Input = 0;

    /// <summary>Standard output.</summary>
    public const int Output = 1;

    /// <summary>Standard error.</summary>
    public const int Error = 2;

    private const int GetFlags = 1, CloseOnExec = 1; // F_GETFD, FD_CLOEXEC

    /// <summary>Where to write lines of text for standard error; nowhere when that is closed.</summary>
    public static TextWriter ErrorText => IsOpen(Error) ? Console.Error : TextWriter.Null;

    /// <summary>
    /// Whether this process was given the descriptor. What it inherits is never closed on exec, and what the runtime opens
    /// always is.
    /// </summary>
    public static bool IsOpen(int number)
    {
        int flags = fcntl(number, GetFlags);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }

    /// <summary>Whether a person types or reads there.</summary>
    public static bool IsTerminal(int number) => isatty(number) == 1;

    /// <summary>Says a line in the program's name on standard error. When that cannot be written, there is nowhere to say so.</summary>
    public static void Say(ProgramText program, string line)
    {
        try
        {
            ErrorText.WriteLine($"{program.Name}: {Printable.Of(line)}");
        }
        catch (IOException)
        {
            // A full device.
        }
    }

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command);

    [LibraryImport("libc")]
    private static partial int isatty(int fd);
}
