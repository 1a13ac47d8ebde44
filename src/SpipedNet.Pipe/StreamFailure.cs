namespace SpipedNet.Pipe;

/// <summary>An end that is none in order.</summary>
/// <param name="Line">What failed; null when nobody needs to be told, since who read the output wanted no more of it.</param>
internal sealed record StreamFailure(string? Line);
