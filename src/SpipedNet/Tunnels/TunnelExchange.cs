using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Tunnels;

/// <summary>
/// One change from the tunnels that run to those that shall: read, bind, complete, in this order. Unless it is completed,
/// what was made for it is undone when it is disposed.
/// </summary>
internal sealed class TunnelExchange(
    IReadOnlyList<RunningTunnel> current, Func<TunnelDefinition, TunnelFiles, RunningTunnel> make) : IDisposable
{
    private readonly List<Part> _parts = [];
    private bool _isComplete;

    /// <summary>The tunnels from now on, in the order of their definitions.</summary>
    public IReadOnlyList<RunningTunnel> Next => [.. _parts.Select(part => part.Tunnel)];

    /// <summary>Those that run and are not wanted any more.</summary>
    public IReadOnlyList<RunningTunnel> Former => [.. current.Except(Next)];

    /// <summary>What changes, in words.</summary>
    public string Summary => $"{Made.Count()} new or changed{Names(New)}, "
        + $"{Former.Count(IsRemoved)} removed{Names(Former.Where(IsRemoved))}, {Kept.Count()} as before";

    /// <summary>Those that were made for it.</summary>
    public IEnumerable<RunningTunnel> New => Made.Select(part => part.Tunnel);

    /// <summary>Reads the files of all.</summary>
    /// <returns>Null, or one line that says what is wrong.</returns>
    public string? Read(IReadOnlyList<TunnelDefinition> definitions, Action<string> warn)
    {
        var told = new HashSet<string>();
        foreach (TunnelDefinition definition in definitions)
        {
            if (!TunnelFiles.TryRead(definition, out TunnelFiles? files, out string? error))
                return error;
            // As a key is that is being copied just now.
            if (files.EmptyKey is { } empty)
            {
                files.Dispose();
                return definition.Blame($"{empty} is empty, so anyone could connect (-k)");
            }

            foreach (string warning in files.Warnings.Where(told.Add))
                warn(warning);
            if (current.FirstOrDefault(tunnel => tunnel.CanBecome(definition, files)) is { } same)
            {
                if (!same.Tunnel.IsFound)
                    warn(definition.Blame($"nobody finds {definition.Options.Source}: the file of its socket is gone, and another one cannot be made there"));
                _parts.Add(new Part(same, files, IsKept: true));
                continue;
            }

            // A name that cannot be looked up now shall not hold up a change of the others.
            TunnelDefinition prompt = definition with { Options = definition.Options with { IsWaitingForNames = false } };
            _parts.Add(new Part(make(prompt, files), files, IsKept: false));
        }

        return null;
    }

    /// <summary>Binds the new ones. One whose source a former one has will go on with its socket.</summary>
    /// <returns>Null, or one line that says what is wrong.</returns>
    public async Task<string?> BindAsync(CancellationToken cancellation)
    {
        Tunnel.Tunnel[] former = [.. Former.Select(tunnel => tunnel.Tunnel)];
        foreach (RunningTunnel tunnel in New)
        {
            if (await tunnel.Tunnel.BindAsync(cancellation, passed: null, former) is { } unbound)
                return tunnel.Definition.Blame(unbound.Message);
        }

        return null;
    }

    /// <summary>Starts the new ones and gives those that go on their new keys; nothing of it can fail. The former ones are the caller's to end.</summary>
    /// <param name="draining">All that drain: they lose the keys that are in use no longer.</param>
    public void Complete(IReadOnlyList<RunningTunnel> draining)
    {
        _isComplete = true;
        foreach (Part part in Made)
            part.Tunnel.Tunnel.Start();
        foreach (RunningTunnel tunnel in Former)
            tunnel.Successor = FindSuccessor(tunnel)?.Tunnel;
        foreach (RunningTunnel tunnel in draining)
        {
            if (SuccessorOf(tunnel) is not { } successor)
                continue;
            tunnel.Successor = successor.Tunnel;
            tunnel.Tunnel.FollowKeys(successor.Files.Keys, successor.Tunnel.Definition.Options.Revocation);
        }

        foreach (Part part in Kept)
            part.Tunnel.Take(part.Files);
    }

    public void Dispose()
    {
        if (_isComplete)
            return;
        foreach (Part part in Made)
            part.Tunnel.Dispose();
        foreach (Part part in Kept)
            part.Files.Dispose();
    }

    // A line that got another source is the same tunnel, and so is one that got another name, if it has a key still. When one
    // has its name and another its source, its keys tell which of both was exchanged.
    private Part? FindSuccessor(RunningTunnel former)
    {
        Part? byName = FindNamed(former);
        Part? bySource = _parts.Find(part => part.Tunnel.Definition.Options.Source == former.Definition.Options.Source);
        if (bySource is null)
            return byName;
        if (byName is null)
            return IsNew(bySource) && former.CountSharedKeys(bySource.Files) > 0 ? bySource : null;
        return former.CountSharedKeys(byName.Files) >= former.CountSharedKeys(bySource.Files) ? byName : bySource;
    }

    // Whoever follows the one that has followed, not who takes the place later; unless its own name is back, with its keys.
    private Part? SuccessorOf(RunningTunnel former)
    {
        RunningTunnel last = former;
        while (last.Successor is { } next)
            last = next;
        Part? following = _parts.Find(part => part.Tunnel == last) ?? FindNamed(last);
        Part? back = FindNamed(former);
        if (following is null || back is null || !IsNew(back))
            return following ?? back;
        int shared = former.CountSharedKeys(back.Files);
        return shared > 0 && shared >= former.CountSharedKeys(following.Files) ? back : following;
    }

    private bool IsNew(Part part) => current.All(tunnel => tunnel.Definition.Name != part.Tunnel.Definition.Name);

    private Part? FindNamed(RunningTunnel former) => _parts.Find(part => part.Tunnel.Definition.Name == former.Definition.Name);

    private IEnumerable<Part> Made => _parts.Where(part => !part.IsKept);

    private IEnumerable<Part> Kept => _parts.Where(part => part.IsKept);

    private bool IsRemoved(RunningTunnel former) => _parts.TrueForAll(part => part.Tunnel.Definition.Name != former.Definition.Name);

    private static string Names(IEnumerable<RunningTunnel> tunnels) =>
        NameList.Of(tunnels.Select(tunnel => tunnel.Definition.Name).OfType<string>());

    // One tunnel of those that shall run: one that runs, or one made for it.
    private sealed record Part(RunningTunnel Tunnel, TunnelFiles Files, bool IsKept);
}
