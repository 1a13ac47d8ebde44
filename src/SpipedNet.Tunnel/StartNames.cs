using Microsoft.Extensions.Logging;

namespace SpipedNet.Tunnel;

/// <summary>Looks up the names that a tunnel starts with, for as long as that takes if it is to wait for them (<c>-D</c>).</summary>
/// <param name="options">The tunnel's.</param>
/// <param name="canWait">Whether it could be asked to wait, as it cannot at a reload.</param>
/// <param name="logger">Hears of what it waits for.</param>
internal sealed class StartNames(TunnelOptions options, bool canWait, ILogger logger)
{
    private static readonly TimeSpan NameRetry = TimeSpan.FromSeconds(1);

    /// <summary>The addresses of one, or why there are none.</summary>
    public async Task<LookUpResult> LookUpAsync(TunnelAddress address, CancellationToken cancellation)
    {
        LookUpResult result;
        bool isReported = false;
        while ((result = await TargetResolver.LookUpAsync(address, cancellation)).Failure is not null && options.IsWaitingForNames)
        {
            if (!isReported)
                TunnelLog.WaitingForName(logger, address, result.Failure.Reason);
            isReported = true;
            await Task.Delay(NameRetry, cancellation);
        }

        return result;
    }

    /// <summary>All of some, or why one cannot be found.</summary>
    public async Task<(TargetResolver[] Resolvers, TunnelStartError? Error)> ResolveAsync(
        IReadOnlyList<TunnelAddress> addresses, CancellationToken cancellation)
    {
        var resolvers = new List<TargetResolver>();
        foreach (TunnelAddress address in addresses)
        {
            LookUpResult result = await LookUpAsync(address, cancellation);
            if (result.Failure is not null)
                return ([], NotFound(address, result.Failure));
            resolvers.Add(new TargetResolver(address, result.EndPoints, logger));
        }

        return ([.. resolvers], null);
    }

    /// <summary>The error of one that cannot be found.</summary>
    public TunnelStartError NotFound(TunnelAddress address, LookUpFailure failure) => new(failure.Explain(address, canWait));
}
