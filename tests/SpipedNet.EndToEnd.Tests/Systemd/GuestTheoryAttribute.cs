namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>A theory that needs a booted systemd; skipped, with the reason, where none can be booted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuestTheoryAttribute : TheoryAttribute
{
    /// <summary>Finds out whether one can be booted.</summary>
    public GuestTheoryAttribute() => Skip = Guest.WhyNot;
}
