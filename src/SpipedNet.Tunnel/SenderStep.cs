namespace SpipedNet.Tunnel;

/// <summary>What the client's end of a connection gets done, in this order.</summary>
internal enum SenderStep
{
    /// <summary>The target's name was looked up.</summary>
    Resolve,

    /// <summary>One of the target's addresses has taken the connection.</summary>
    Connect,

    /// <summary>The other end has proved that it has the key.</summary>
    Handshake,
}

/// <summary>Hears of a step that is done.</summary>
/// <param name="step">The step.</param>
/// <param name="address">The addresses it was about.</param>
internal delegate void SenderProgress(SenderStep step, string address);
