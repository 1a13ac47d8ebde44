using System.IO.Pipes;
using System.Text;
using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Hosting;

/// <summary>
/// Starts this program again as a daemon, because a .NET process cannot fork: same executable, same arguments down to
/// the name it was called by, same standard input (the key may come from there) and error, as far as there are any, and a
/// pipe on which the child says that it is ready.
/// </summary>
internal static unsafe class BackgroundProcess
{
    /// <summary>The environment variable that tells the child the pipe's descriptor.</summary>
    public const string ReadyDescriptor = "SPIPED_NET_READY_FD";

    /// <summary>Starts the child and waits until it is ready or has failed.</summary>
    /// <param name="keyFile">What the child will read the key from.</param>
    /// <returns>The exit status: 0 when it is ready. A child that fails says why itself.</returns>
    public static int Start(string keyFile)
    {
        // The child has an empty standard input instead of a closed one.
        if (ProgramKey.CheckInput(keyFile) is { } unreadable)
            return Fail(unreadable);
        using var ready = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        // The first variable of a name counts: ours before one that is left over; the runtime's debugger port, without
        // which a daemon that is killed leaves no socket in /tmp, after one that the user has asked for.
        byte[] first = Encoding.ASCII.GetBytes($"{ReadyDescriptor}={ready.GetClientHandleAsString()}\0");
        byte[] last = "DOTNET_EnableDiagnostics=0\0"u8.ToArray();
        byte[] arguments = File.ReadAllBytes("/proc/self/cmdline");
        byte[] environment = [.. first, .. File.ReadAllBytes("/proc/self/environ"), .. last];

        int error = Spawn(Environment.ProcessPath!, arguments, environment, out int child);
        if (error != 0)
            return Fail($"cannot start the daemon process: {SystemError.Describe(error)}");
        ready.DisposeLocalCopyOfClientHandle();
        if (ready.ReadByte() >= 0)
            return 0;
        int signal = WaitForSignal(child);
        return signal == 0 ? 1 : Fail($"the daemon process was ended by signal {signal} before it was ready");
    }

    private static int Spawn(string path, byte[] arguments, byte[] environment, out int child)
    {
        int[] argumentStarts = StringStarts(arguments);
        int[] environmentStarts = StringStarts(environment);
        byte** argumentPointers = stackalloc byte*[argumentStarts.Length + 1];
        byte** environmentPointers = stackalloc byte*[environmentStarts.Length + 1];
        fixed (byte* argumentBytes = arguments, environmentBytes = environment)
        fixed (int* processId = &child)
        {
            PointAt(argumentBytes, argumentStarts, argumentPointers);
            PointAt(environmentBytes, environmentStarts, environmentPointers);
            return SpawnWithStandardDescriptors(processId, path, argumentPointers, environmentPointers);
        }
    }

    private static int SpawnWithStandardDescriptors(int* processId, string path, byte** arguments, byte** environment)
    {
        // posix_spawn_file_actions_t has 80 bytes or, with a C library other than Debian's, fewer.
        const int actionsSize = 256;
        byte* actions = stackalloc byte[actionsSize];
        int error = Libc.posix_spawn_file_actions_init(actions);
        if (error != 0)
            return error;
        for (int number = StandardDescriptor.Input; error == 0 && number <= StandardDescriptor.Error; number++)
        {
            // A daemon prints nothing; who reads this command's output shall see its end. What is not open would become
            // a descriptor of the child's own.
            if (number == StandardDescriptor.Output || !StandardDescriptor.IsOpen(number))
                error = Libc.posix_spawn_file_actions_addopen(actions, number, "/dev/null", Libc.O_RDWR, 0);
        }

        if (error == 0)
            error = Libc.posix_spawn(processId, path, actions, null, arguments, environment);
        _ = Libc.posix_spawn_file_actions_destroy(actions);
        return error;
    }

    // Both files of /proc hold strings that each end with a NUL.
    private static int[] StringStarts(byte[] strings) =>
        [.. Enumerable.Range(0, strings.Length).Where(i => i == 0 || strings[i - 1] == 0)];

    private static void PointAt(byte* bytes, int[] starts, byte** pointers)
    {
        for (int i = 0; i < starts.Length; i++)
            pointers[i] = bytes + starts[i];
        pointers[starts.Length] = null;
    }

    /// <summary>The number of the signal that ended the process, or 0 for an end of its own.</summary>
    private static int WaitForSignal(int process)
    {
        int status = 0;
        return Libc.waitpid(process, &status, 0) == process ? status & 0x7f : 0;
    }

    private static int Fail(string message)
    {
        StandardDescriptor.Say(ProgramText.Daemon, message);
        return 1;
    }
}
