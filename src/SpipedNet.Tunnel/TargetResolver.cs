using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace SpipedNet.Tunnel;

/// <summary>The result of looking up an address: its end points in the order to try them, or why there are none.</summary>
internal readonly record struct LookUpResult(IReadOnlyList<EndPoint> EndPoints, LookUpFailure? Failure);

/// <summary>
/// The target's addresses. A name is looked up again at an interval, in the background; when that fails the last good
/// answer stays, so that an outage of the resolver cuts nobody off.
/// </summary>
internal sealed class TargetResolver(TunnelAddress address, IReadOnlyList<EndPoint> first, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private volatile IReadOnlyList<EndPoint> _current = first;

    /// <summary>The address as it was given.</summary>
    public TunnelAddress Address => address;

    /// <summary>The last good answer.</summary>
    public IReadOnlyList<EndPoint> Current => _current;

    /// <summary>Looks up any address now. A literal or a path is its own answer.</summary>
    public static async Task<LookUpResult> LookUpAsync(TunnelAddress address, CancellationToken cancellation)
    {
        if (address.UnixPath is not null)
            return new LookUpResult([new UnixDomainSocketEndPoint(address.UnixPath)], null);
        if (address.IPAddress is not null)
            return new LookUpResult([new IPEndPoint(address.IPAddress, address.Port)], null);
        if (AsNumber(address.HostName!) is { } number)
            return new LookUpResult([new IPEndPoint(number, address.Port)], null);
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(address.HostName!, cancellation).ConfigureAwait(false);
            return found.Length == 0
                ? new LookUpResult([], LookUpFailure.NoAddresses)
                : new LookUpResult([.. found.Select(ip => new IPEndPoint(ip, address.Port))], null);
        }
        catch (SocketException failure)
        {
            return new LookUpResult([], LookUpFailure.Of(failure));
        }
        catch (ArgumentException)
        {
            // The runtime's words are meant for programmers.
            return new LookUpResult([], LookUpFailure.TooLong);
        }
    }

    /// <summary>Starts looking the name up again every interval; there is nothing to do for a literal address.</summary>
    /// <param name="interval">The interval; null for never.</param>
    public void StartRefreshing(TimeSpan? interval)
    {
        if (address.HostName is not null && interval is { } time)
            _ = Task.Run(() => RefreshAsync(time));
    }

    /// <summary>Ends the refreshing.</summary>
    public void Dispose() => _stop.Cancel();

    /// <summary>Takes in the answer of a look-up.</summary>
    public void Accept(IReadOnlyList<EndPoint> endPoints)
    {
        if (endPoints.SequenceEqual(_current))
            return;
        TunnelLog.TargetMoved(logger, address, string.Join(", ", endPoints));
        _current = endPoints;
    }

    private async Task RefreshAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval);
        bool isFailing = false;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                LookUpResult result = await LookUpAsync(address, _stop.Token);
                if (result.Failure is null && isFailing)
                    TunnelLog.RefreshRecovered(logger, address);
                if (result.Failure is null)
                    Accept(result.EndPoints);
                else if (!isFailing)
                    TunnelLog.RefreshFailed(logger, address, result.Failure.Reason);
                isFailing = result.Failure is not null;
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed: there is no one left to look up for.
        }
    }

    // The short forms of an IPv4 address that getaddrinfo takes for one, and so stock spiped: 0 is 0.0.0.0, 127.1 is
    // 127.0.0.1. The runtime's look-up refuses 0.0.0.0 however it is written.
    private static IPAddress? AsNumber(string host) =>
        char.IsAsciiDigit(host[0]) && IPAddress.TryParse(host, out IPAddress? address) ? address : null;
}
