using System.Globalization;
using Lxd.Monitor.Proxy;

namespace Lxd.Monitor;

/// <summary><c>proxy KEY=VALUE...</c>: forwards connections between host and instance until it is killed. <c>listen</c> and <c>connect</c> may come several times;
/// <c>listen-pid</c> and <c>connect-pid</c> name a process whose namespaces each end lives in (0: the host), with <c>-uid</c> and <c>-gid</c> the user it acts as.
/// <c>owner</c> (UID:GID) and <c>mode</c> are of a listening socket in the file system. Prints <c>ready</c> when it listens, else what failed.</summary>
internal static unsafe class ProxyVerb
{
    private const int SocketLevel = 1;
    private const int ReuseAddress = 2;
    private const int Ipv6Level = 41;
    private const int Ipv6Only = 26;

    public static int Run(string[] args)
    {
        try
        {
            var values = args.Select(a => a.Split('=', 2)).ToLookup(a => a[0], a => a[1]);
            var listens = values["listen"].Select(t => new Address(t)).ToList();
            var forwarder = new Forwarder([.. values["connect"].Select(t => new Address(t))], values["proxy-protocol"].Any(), Space(values, "connect"));
            var owner = values["owner"].FirstOrDefault()?.Split(':');
            var mode = values["mode"].FirstOrDefault() is { } text ? Convert.ToUInt32(text, 8) : 0x1a4;
            var at = Space(values, "listen");
            foreach (var listen in listens)
            {
                forwarder.Add(at.Do(() => Listen(listen, owner is null ? null : (Number(owner[0]), Number(owner[1])), mode)), listen);
            }

            Console.Out.WriteLine("ready");
            Console.Out.Flush();
            forwarder.Run();
            return 0;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            Console.Out.WriteLine(e.Message);
            return 1;
        }
    }

    private static Space Space(ILookup<string, string> values, string end) => new((int)Number(values[end + "-pid"].FirstOrDefault()), Number(values[end + "-uid"].FirstOrDefault()), Number(values[end + "-gid"].FirstOrDefault()));

    private static uint Number(string? text) => text is null ? 0 : uint.Parse(text, CultureInfo.InvariantCulture);

    private static int Listen(Address address, (uint Uid, uint Gid)? owner, uint mode)
    {
        var fd = Native.socket(address.Family, address.Type | Native.NonBlocking | Native.CloseOnExec, 0);
        Proxy.Space.Check(fd, $"make a socket for {address.Text}");
        var on = 1;
        _ = Native.setsockopt(fd, SocketLevel, ReuseAddress, &on, 4);
        if (address.Family == Native.Inet6)
        {
            _ = Native.setsockopt(fd, Ipv6Level, Ipv6Only, &on, 4);
        }

        if (address.Path.Length > 0)
        {
            _ = Native.unlink(address.Path);
        }

        var bytes = address.Bytes();
        fixed (byte* p = bytes)
        {
            Proxy.Space.Check(Native.bind(fd, p, bytes.Length), $"listen on {address.Text}");
        }

        if (!address.IsDatagram)
        {
            Proxy.Space.Check(Native.listen(fd, 1024), $"listen on {address.Text}");
        }

        if (address.Path.Length > 0)
        {
            if (owner is { } who)
            {
                _ = Native.lchown(address.Path, who.Uid, who.Gid);
            }

            _ = Native.chmod(address.Path, mode);
        }

        return fd;
    }
}
