using System.Diagnostics.CodeAnalysis;

namespace SpipedNet.CommandLine;

/// <summary>Whom to become (<c>-u</c>): <c>USER</c>, <c>:GROUP</c> or <c>USER:GROUP</c>, each a name or a number.</summary>
/// <param name="User">The user, or null to stay the same.</param>
/// <param name="Group">The group, or null to stay the same, as spiped does with a user alone.</param>
internal sealed record UserAndGroup(string? User, string? Group)
{
    /// <summary>Splits the value of <c>-u</c>; whether they exist is not asked here.</summary>
    /// <param name="text">The value.</param>
    /// <param name="value">The user and group, when the result is true.</param>
    /// <param name="error">Why the text is no such value, when the result is false.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out UserAndGroup? value, [NotNullWhen(false)] out string? error)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string user = colon < 0 ? text : text[..colon];
        string? group = colon < 0 ? null : text[(colon + 1)..];
        error = group switch
        {
            "" => "the group after the colon is missing",
            null when user.Length == 0 => "it is empty; write USER, :GROUP or USER:GROUP",
            _ => null,
        };
        value = error is null ? new UserAndGroup(user.Length == 0 ? null : user, group) : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Group is null ? User! : $"{User}:{Group}";
}
