using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel.Keys;

namespace SpipedNet.Tunnel;

/// <summary>What a tunnel says, one line an event.</summary>
internal static partial class TunnelLog
{
    [LoggerMessage(LogLevel.Warning, "connection from {Peer} failed: {Reason}")]
    public static partial void ConnectionFailed(ILogger logger, string peer, string reason);

    [LoggerMessage(LogLevel.Warning, "{Untold} more failed in this minute, in the handshake or by a shortage")]
    public static partial void MoreFailed(ILogger logger, ConnectionCount untold);

    [LoggerMessage(LogLevel.Warning, "refused a connection from {Peer}, whose address is in no range of --allow; more from there are only counted")]
    public static partial void Refused(ILogger logger, string peer);

    [LoggerMessage(LogLevel.Warning, "refused {Untold} more since then (--allow)")]
    public static partial void MoreRefused(ILogger logger, ConnectionCount untold);

    [LoggerMessage(LogLevel.Information, "connection from {Peer} broke: {Reason}")]
    public static partial void ConnectionBroke(ILogger logger, string peer, string reason);

    [LoggerMessage(LogLevel.Error, "connection from {Peer} ended by an unexpected error")]
    public static partial void ConnectionFaulted(ILogger logger, Exception unexpected, string peer);

    [LoggerMessage(LogLevel.Debug, "connection from {Peer} opened; {Open} open")]
    public static partial void ConnectionOpened(ILogger logger, string peer, int open);

    [LoggerMessage(LogLevel.Debug, "connection from {Peer} ended ({End}): {Encrypted} bytes encrypted, {Decrypted} bytes decrypted")]
    public static partial void ConnectionEnded(ILogger logger, string peer, ConnectionEnd end, long encrypted, long decrypted);

    [LoggerMessage(LogLevel.Warning, "limit of {Limit} reached; more wait in the backlog until one ends (raise it with -n)")]
    public static partial void LimitReached(ILogger logger, ConnectionCount limit);

    [LoggerMessage(LogLevel.Information, "below the limit of {Limit} again; {Waited} had to wait")]
    public static partial void LimitLeft(ILogger logger, ConnectionCount limit, ConnectionCount waited);

    [LoggerMessage(LogLevel.Warning, "cannot accept connections on {Source}: {Reason}; trying again until it passes")]
    public static partial void AcceptFailing(ILogger logger, TunnelAddress source, string reason);

    [LoggerMessage(LogLevel.Information, "accepting connections on {Source} again")]
    public static partial void AcceptRecovered(ILogger logger, TunnelAddress source);

    [LoggerMessage(LogLevel.Warning, "cannot look up {Address}: {Reason}; keeping its last known addresses")]
    public static partial void RefreshFailed(ILogger logger, TunnelAddress address, string reason);

    [LoggerMessage(LogLevel.Information, "{Address} can be looked up again")]
    public static partial void RefreshRecovered(ILogger logger, TunnelAddress address);

    [LoggerMessage(LogLevel.Information, "{Address} is now {EndPoints}")]
    public static partial void TargetMoved(ILogger logger, TunnelAddress address, string endPoints);

    [LoggerMessage(LogLevel.Information, "target {Target}: {State}")]
    public static partial void TargetUp(ILogger logger, TunnelAddress target, string state);

    [LoggerMessage(LogLevel.Warning, "target {Target} cannot be used: {Reason}")]
    public static partial void TargetDown(ILogger logger, TunnelAddress target, string reason);

    [LoggerMessage(LogLevel.Warning, "Sentinel {Sentinel} names no master: {Reason}")]
    public static partial void SentinelDown(ILogger logger, TunnelAddress sentinel, string reason);

    [LoggerMessage(LogLevel.Information, "from now on connections go to {Target}{Role}")]
    public static partial void TargetChosen(ILogger logger, TunnelAddress target, string role);

    [LoggerMessage(LogLevel.Warning, "there is no {Kind} to connect to: {Reasons}")]
    public static partial void NoTarget(ILogger logger, string kind, string reasons);

    [LoggerMessage(LogLevel.Warning, "another was promoted in place of {Target}, which is not used again before one of them has been the other's replica")]
    public static partial void TargetDeposed(ILogger logger, TunnelAddress target);

    [LoggerMessage(LogLevel.Warning, "reset {Connections} to {Target}, which is not the master any more")]
    public static partial void ConnectionsReset(ILogger logger, ConnectionCount connections, TunnelAddress target);

    [LoggerMessage(LogLevel.Information, "keys: {Change}")]
    public static partial void KeysReplaced(ILogger logger, KeyChange change);

    [LoggerMessage(LogLevel.Information, "{Closed} reset whose keys were removed (--revoke close)")]
    public static partial void RevokedReset(ILogger logger, ConnectionCount closed);

    [LoggerMessage(LogLevel.Information, "{Kept} kept whose keys were removed (--revoke keep)")]
    public static partial void RevokedKept(ILogger logger, ConnectionCount kept);

    [LoggerMessage(LogLevel.Warning, "cannot look up {Address}: {Reason}; waiting for it (-D)")]
    public static partial void WaitingForName(ILogger logger, TunnelAddress address, string reason);

    [LoggerMessage(LogLevel.Warning, "{Address} has several addresses; listening on the first, {EndPoint}")]
    public static partial void SeveralSourceAddresses(ILogger logger, TunnelAddress address, string endPoint);
}
