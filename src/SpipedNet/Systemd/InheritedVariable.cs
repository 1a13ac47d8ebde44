namespace SpipedNet.Systemd;

/// <summary>An environment variable that is meant for this process alone.</summary>
internal static class InheritedVariable
{
    /// <summary>Reads it, and removes it so that no process that this one starts takes it for its own.</summary>
    public static string? Take(string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null);
        return value;
    }
}
