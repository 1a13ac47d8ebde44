namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A theory that only root can find out; skipped for others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    /// <summary>Finds out who runs the tests.</summary>
    public RootTheoryAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "only root can";
}
