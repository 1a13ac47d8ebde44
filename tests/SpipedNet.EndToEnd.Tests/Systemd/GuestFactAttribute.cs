namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>A fact that needs a booted systemd; skipped, with the reason, where none can be booted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuestFactAttribute : FactAttribute
{
    /// <summary>Finds out whether one can be booted.</summary>
    public GuestFactAttribute() => Skip = Guest.WhyNot;
}
