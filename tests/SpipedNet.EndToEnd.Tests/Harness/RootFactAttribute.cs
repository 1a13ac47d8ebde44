namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A fact that only root can find out; skipped for others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    /// <summary>Finds out who runs the tests.</summary>
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "only root can";
}
