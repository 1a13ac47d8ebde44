using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using SpipedNet.CommandLine;

namespace SpipedNet.Hosting;

/// <summary>The user and group to become. Looked up before the source is bound, assumed after.</summary>
/// <param name="User">The user's number, or null to stay the same.</param>
/// <param name="Group">The group's number, or null to stay the same.</param>
/// <param name="Names">As the user wrote it, for messages; null when there is nothing to change.</param>
internal sealed unsafe record Identity(uint? User, uint? Group, UserAndGroup? Names)
{
    private const int ENOENT = 2, ESRCH = 3, EBADF = 9;

    private delegate byte* FindByName(string name);

    /// <summary>Looks up the names; a number that is no name stands for itself.</summary>
    /// <param name="names">Whom to become; null for no change.</param>
    /// <param name="identity">The numbers, when the result is true.</param>
    /// <param name="error">One line, when the result is false.</param>
    public static bool TryLookUp(
        UserAndGroup? names, [NotNullWhen(true)] out Identity? identity, [NotNullWhen(false)] out string? error)
    {
        uint? group = null;
        error = LookUp(names?.User, "user", Libc.getpwnam, out uint? user)
            ?? LookUp(names?.Group, "group", Libc.getgrnam, out group);
        identity = error is null ? new Identity(user, group, names) : null;
        return identity is not null;
    }

    /// <summary>Becomes them: supplementary groups go first, the user last, because each needs root.</summary>
    /// <param name="warning">One line when supplementary groups remain; null otherwise.</param>
    /// <returns>Null, or one line that says why it is impossible.</returns>
    public string? Assume(out string? warning)
    {
        warning = null;
        if (Names is null)
            return null;
        // Afterwards it may not be found out any more.
        string program = Environment.ProcessPath!;
        if (Libc.setgroups(0, null) != 0 && Marshal.GetLastPInvokeError() != Libc.EPERM)
            return Impossible("leave the supplementary groups");
        if (HasSupplementaryGroups())
            warning = $"-u {Names}: this process stays in its supplementary groups, because it may not leave them; start it as root";
        if (Group is { } group && Libc.setgid(group) != 0)
            return Impossible($"change to group {Names.Group}");
        if (User is { } user && Libc.setuid(user) != 0)
            return Impossible($"change to user {Names.User}");
        return CanRead(program)
            ? null
            : $"-u {Names}: that user may not read {program}, parts of which are loaded only later; "
                + "install it where all may read it, such as /usr/local/bin";
    }

    private static bool CanRead(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return true;
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    private string Impossible(string what) => $"-u {Names}: cannot {what}: {Libc.LastErrorText}; start as root, or leave -u out";

    private static string? LookUp(string? name, string kind, FindByName find, out uint? id)
    {
        id = null;
        if (name is null)
            return null;
        byte* entry = find(name);
        int errno = Marshal.GetLastPInvokeError();
        // struct passwd and struct group both begin with two pointers and the number.
        if (entry is not null)
            id = *(uint*)(entry + 2 * sizeof(nint));
        // Not found is 0 or, depending on the name service, one of these (getpwnam(3)).
        else if (errno is not (0 or ENOENT or ESRCH or EBADF or Libc.EPERM))
            return $"-u: cannot look up the {kind} {name}: {Libc.LastErrorText}";
        else if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue)
            id = number;
        else
            return $"-u: there is no {kind} {name}";
        return null;
    }

    // The list may hold the effective group itself (getgroups(2)), which is not supplementary.
    private static bool HasSupplementaryGroups()
    {
        uint only;
        int count = Libc.getgroups(0, null);
        return count > 1 || count == 1 && (Libc.getgroups(1, &only) != 1 || only != Libc.getegid());
    }
}
