using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace Lxd.Daemon.Hosting;

/// <summary>The host's syslog, by its socket <c>/dev/log</c> (RFC 3164, facility daemon). A host without one, or one that does not listen, loses the lines.</summary>
internal sealed class SyslogSink : ILogEventSink, IDisposable
{
    private const int Facility = 3;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public void Emit(LogEvent logEvent)
    {
        var priority = (Facility * 8) + logEvent.Level switch { LogEventLevel.Fatal => 2, LogEventLevel.Error => 3, LogEventLevel.Warning => 4, LogEventLevel.Information => 6, _ => 7 };
        var text = logEvent.RenderMessage(CultureInfo.InvariantCulture) + (logEvent.Exception is { } e ? ": " + e.Message : "");
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes($"<{priority}>lxd[{Environment.ProcessId}]: {text}"), new UnixDomainSocketEndPoint("/dev/log"));
        }
        catch (SocketException)
        {
            // Logging must not stop what is logged.
        }
    }

    public void Dispose() => _socket.Dispose();
}
