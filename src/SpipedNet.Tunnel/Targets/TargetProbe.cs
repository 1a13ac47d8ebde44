using System.Net.Sockets;
using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Tunnel.Targets;

/// <summary>Asks one target, time after time, whether it can be used.</summary>
internal abstract class TargetProbe(TargetResolver target, DialOptions dial, TargetCheckOptions options) : IDisposable
{
    private static readonly byte[] Ping = RedisConversation.Command("PING");
    private static readonly byte[] Info = RedisConversation.Command("INFO");
    private static readonly byte[] Replication = RedisConversation.Command("INFO", "replication");

    protected TargetCheckOptions Options { get; } = options;

    /// <summary>One for the kind of check that is asked for.</summary>
    public static TargetProbe Of(TargetResolver target, DialOptions dial, TargetCheckOptions options) =>
        options.Kind switch
        {
            TargetCheckKind.Tcp => new TcpProbe(target, dial, options),
            TargetCheckKind.Redis => new RedisProbe(target, dial, options, Ping, RedisAnswer.ToPing),
            // The run id is in another section.
            _ => new RedisProbe(
                target, dial, options, options.Sentinels.Count > 0 ? Info : Replication, RedisAnswer.ToReplication),
        };

    /// <summary>One for a Sentinel.</summary>
    public static TargetProbe OfSentinel(TargetResolver sentinel, DialOptions dial, TargetCheckOptions options) => new RedisProbe(
        sentinel, dial.WithoutProxyHeader, options, RedisConversation.Command("SENTINEL", "MASTER", options.MasterName), RedisAnswer.ToSentinelMaster, isLoginOptional: true);

    /// <summary>Asks once.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public abstract Task<TargetState> AskAsync(CancellationToken cancellation);

    public abstract void Dispose();

    /// <summary>Whether the target's name does not mean any more what it did when the conversation began.</summary>
    protected bool IsLeft(TargetConversation conversation) => !target.Current.Contains(conversation.EndPoint);

    protected Task<(TargetConversation? Conversation, string? Failure)> OpenAsync(CancellationToken cancellation) =>
        TargetConversation.OpenAsync(target.Current, dial, cancellation);
}

/// <summary>Connects, and that is all. A sender's handshake is part of it, and that the other end reaches its own target.</summary>
internal sealed class TcpProbe(TargetResolver target, DialOptions dial, TargetCheckOptions options)
    : TargetProbe(target, dial, options)
{
    /// <inheritdoc/>
    public override async Task<TargetState> AskAsync(CancellationToken cancellation)
    {
        (TargetConversation? opened, string? failure) = await OpenAsync(cancellation).ConfigureAwait(false);
        if (opened is null)
            return new TargetState(failure);
        using TargetConversation conversation = opened;
        return new TargetState(await conversation.EndAsync(Options.Timeout).ConfigureAwait(false), EndPoint: conversation.EndPoint);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // Nothing stays open between two checks.
    }
}

/// <summary>
/// Asks a Redis server over one connection that stays open: a check then costs a round trip and no handshake, and a server
/// that dies is noticed by the next.
/// </summary>
internal sealed class RedisProbe(
    TargetResolver target, DialOptions dial, TargetCheckOptions options, byte[] question, Func<RedisReply, TargetState> interpret,
    bool isLoginOptional = false)
    : TargetProbe(target, dial, options)
{
    private TargetConversation? _conversation;

    /// <inheritdoc/>
    public override async Task<TargetState> AskAsync(CancellationToken cancellation)
    {
        TargetState? state = null;
        try
        {
            if (_conversation is { } last && IsLeft(last))
                Dispose();
            if (_conversation is not null)
                state = await AskAsync(_conversation, question, interpret, cancellation).ConfigureAwait(false);
            // One that had been open may have been closed since, as by a restart: that is no failure.
            state ??= await OpenAndAskAsync(cancellation).ConfigureAwait(false);
            return state with { EndPoint = _conversation?.EndPoint };
        }
        finally
        {
            if (state is not { IsUp: true })
                Dispose();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _conversation?.Dispose();
        _conversation = null;
    }

    private async Task<TargetState> OpenAndAskAsync(CancellationToken cancellation)
    {
        Dispose();
        (_conversation, string? failure) = await OpenAsync(cancellation).ConfigureAwait(false);
        if (_conversation is null)
            return new TargetState(failure);
        TargetState? state = Options.Credential is null
            ? TargetState.Up
            : await AskAsync(_conversation, Options.Credential.Command, RedisAnswer.ToAuth, cancellation).ConfigureAwait(false);
        // A Sentinel may have no password where Redis has one, or not know its user; if it wants another, its answer says so.
        if (state is { IsUp: true } || (isLoginOptional && state is not null))
            state = await AskAsync(_conversation, question, interpret, cancellation).ConfigureAwait(false);
        return state
            ?? new TargetState(
                await _conversation.EndAsync(Options.Timeout).ConfigureAwait(false) ?? "the connection ended without an answer");
    }

    // Null when the connection has ended.
    private async Task<TargetState?> AskAsync(
        TargetConversation conversation, ReadOnlyMemory<byte> command, Func<RedisReply, TargetState> read,
        CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Options.Timeout);
        try
        {
            RedisReply? reply = await conversation.Redis.AskAsync(command, patience.Token).ConfigureAwait(false);
            return reply is null ? null : read(reply);
        }
        catch (SocketException)
        {
            return null;
        }
        catch (FormatException notRedis)
        {
            return new TargetState(notRedis.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new TargetState($"no answer within {Options.Timeout.TotalSeconds:0.###} s (--check-timeout)");
        }
    }
}
