using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Lxd.Daemon.Hosting;

/// <summary>What systemd hands over and wants to hear.</summary>
internal static class Systemd
{
    private const ulong FirstFd = 3;

    /// <summary>The API socket passed by socket activation, or null.</summary>
    public static ulong? InheritedSocket()
    {
        var pid = Environment.GetEnvironmentVariable("LISTEN_PID");
        var fds = Environment.GetEnvironmentVariable("LISTEN_FDS");
        if (pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture) || !int.TryParse(fds, out var count) || count < 1)
        {
            return null;
        }

        Environment.SetEnvironmentVariable("LISTEN_PID", null);
        Environment.SetEnvironmentVariable("LISTEN_FDS", null);
        return FirstFd;
    }

    /// <summary>Tells the service manager, where there is one: <c>READY=1</c>, <c>STOPPING=1</c>.</summary>
    public static void Notify(string state)
    {
        var path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path));
    }
}
