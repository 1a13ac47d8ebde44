using System.Diagnostics.CodeAnalysis;
using SpipedNet.CommandLine;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Tunnels;

/// <summary>What a tunnel's definition leaves to files: the keys, and the passwords for its checks. Zeroed when disposed.</summary>
internal sealed class TunnelFiles : IDisposable
{
    private TunnelFiles(
        KeyRing keys, RedisCredential? credential, RedisCredential? sentinelCredential, IReadOnlyList<string> warnings) =>
        (Keys, Credential, SentinelCredential, Warnings) = (keys, credential, sentinelCredential, warnings);

    /// <summary>The keys; who takes them over does not dispose this.</summary>
    public KeyRing Keys { get; }

    /// <summary>The key of an empty file, which everybody has, in words; null when there is none.</summary>
    public string? EmptyKey
    {
        get
        {
            using SharedSecret empty = SharedSecret.FromKeyMaterial([]);
            return Keys.Keys.FirstOrDefault(key => key.Secret.IsSame(empty)) switch
            {
                null => null,
                { Client.Name: { } name } => $"the file of key {name}",
                _ => "the key file",
            };
        }
    }

    /// <summary>The password for the checks; null for none.</summary>
    public RedisCredential? Credential { get; }

    /// <summary>The one for the Sentinels; null for none of their own.</summary>
    public RedisCredential? SentinelCredential { get; }

    /// <summary>What should be better about the keys; a line each, which names the file and not the tunnel: several may have it.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads them all, or says in one line what cannot be read.</summary>
    public static bool TryRead(
        TunnelDefinition definition, [NotNullWhen(true)] out TunnelFiles? files, [NotNullWhen(false)] out string? error)
    {
        files = null;
        RedisCredential? sentinelCredential = null;
        if (TryRead(definition.RedisLogin, out RedisCredential? credential, out error)
            && TryRead(definition.SentinelLogin, out sentinelCredential, out error)
            && ProgramKeys.TryRead(ProgramText.Daemon, definition.KeyFiles, definition.Options.Role, out KeyRing? keys, out var warnings, out error))
        {
            files = new TunnelFiles(keys, credential, sentinelCredential, warnings);
            // spiped takes one, but never from a configuration or among several: it is one that was not copied.
            if (files.EmptyKey is not { } empty || definition.Name is null && keys.Keys is [{ Client.Name: null }])
                return true;
            files.Dispose();
            files = null;
            error = definition.Blame($"{empty} is empty, so anyone could connect (-k)");
            return false;
        }

        credential?.Dispose();
        sentinelCredential?.Dispose();
        error = definition.Blame(error);
        return false;
    }

    public void Dispose()
    {
        Keys.Dispose();
        Credential?.Dispose();
        SentinelCredential?.Dispose();
    }

    private static bool TryRead(RedisLogin? login, out RedisCredential? credential, [NotNullWhen(false)] out string? error)
    {
        (credential, error) = (null, null);
        return login is null || RedisCredential.TryRead(login.User, login.PasswordFile, out credential, out error);
    }
}
