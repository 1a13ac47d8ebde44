using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace SpipedNet.Logging;

/// <summary>
/// Syslog as syslog(3) speaks it: a datagram an event to a UNIX socket, in the form of RFC 3164 section 4.1 without the
/// host name. A message that cannot be sent goes to another sink, so that none is lost.
/// </summary>
internal sealed class SyslogSink : ILogEventSink, IDisposable
{
    /// <summary>Where syslogd and journald listen.</summary>
    public const string DefaultSocket = "/dev/log";

    // RFC 3164 section 4.1.1: priority = facility * 8 + severity; 3 is "system daemons".
    private const int DaemonFacility = 3 * 8;

    private readonly UnixDomainSocketEndPoint _endPoint;
    private readonly string _tag;
    private readonly ILogEventSink _fallback;
    private readonly Lock _lock = new();
    private Socket _socket;

    /// <exception cref="SocketException">Nothing listens there.</exception>
    public SyslogSink(string socketPath, string programName, ILogEventSink fallback)
    {
        _endPoint = new UnixDomainSocketEndPoint(socketPath);
        _tag = $"{programName}[{Environment.ProcessId}]";
        _fallback = fallback;
        _socket = Connect();
    }

    public void Emit(LogEvent logEvent)
    {
        string time = logEvent.Timestamp.LocalDateTime.ToString("MMM d HH:mm:ss", CultureInfo.InvariantCulture);
        // The day is padded with a space (RFC 3164 section 4.1.2).
        if (logEvent.Timestamp.LocalDateTime.Day < 10)
            time = time.Insert(4, " ");
        byte[] datagram = Encoding.UTF8.GetBytes(
            $"<{DaemonFacility + SyslogSeverity.Of(logEvent.Level)}>{time} {_tag}: {LogMessage.Of(logEvent)}");
        lock (_lock)
        {
            if (!TrySend(datagram) && !(TryReconnect() && TrySend(datagram)))
                _fallback.Emit(logEvent);
        }
    }

    public void Dispose() => _socket.Dispose();

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(_endPoint);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private bool TrySend(byte[] datagram)
    {
        try
        {
            _socket.Send(datagram);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // The daemon behind the socket was restarted.
    private bool TryReconnect()
    {
        try
        {
            Socket socket = Connect();
            _socket.Dispose();
            _socket = socket;
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
