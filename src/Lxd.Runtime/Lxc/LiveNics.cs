using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Lxd.Core;
using Lxd.Linux.Netlink;

namespace Lxd.Runtime.Lxc;

/// <summary>Interfaces that move into a running container and back.</summary>
internal sealed class LiveNics
{
    private readonly ConcurrentDictionary<string, RouteSocket> _kept = new();

    /// <summary>Moves the interface in and sets it up. What fails leaves it on the host.</summary>
    public static async Task AddAsync(int init, NicSpec nic)
    {
        using var inside = await RouteSocket.OfAsync(init).ConfigureAwait(false);
        await using var undo = new Rollback();
        Move(nic, init);
        undo.Add(() => Back(inside, nic));
        var index = inside.Find(nic.Name)?.Index ?? throw ApiException.Internal($"The interface {nic.Name} did not arrive");
        foreach (var (address, prefix) in nic.Addresses.Select(Parse))
        {
            inside.AddAddress(index, address, prefix);
        }

        inside.Change(index, new LinkOptions { Up = true });
        foreach (var gateway in nic.Gateways)
        {
            Gateway(inside, index, gateway);
        }

        undo.Commit();
    }

    /// <summary>Moves it back to the host; one that is gone inside is gone.</summary>
    public static async Task RemoveAsync(int init, NicSpec nic)
    {
        using var inside = await RouteSocket.OfAsync(init).ConfigureAwait(false);
        Back(inside, nic);
    }

    /// <summary>Holds on to the container's network, which then outlives its processes: hardware in it would be lost with it.</summary>
    public async Task KeepAsync(InstanceRef instance, int init)
    {
        var socket = await RouteSocket.OfAsync(init).ConfigureAwait(false);
        if (_kept.TryRemove(instance.Name, out var old))
        {
            old.Dispose();
        }

        _kept[instance.Name] = socket;
    }

    /// <summary>Moves what is still in the kept network of a stopped container back to the host and lets go of it.</summary>
    public void TakeBack(InstanceRef instance, IEnumerable<NicSpec> nics)
    {
        if (!_kept.TryRemove(instance.Name, out var inside))
        {
            return;
        }

        using (inside)
        {
            foreach (var nic in nics.Where(n => n.Returns))
            {
                Back(inside, nic);
            }
        }
    }

    private static void Move(NicSpec nic, int init)
    {
        using var host = new RouteSocket();
        var link = host.Find(nic.Link) ?? throw ApiException.BadRequest($"Parent device \"{nic.Link}\" doesn't exist");
        host.Change(link.Index, new LinkOptions { Up = false });
        host.Change(link.Index, new LinkOptions { Name = nic.Name, MoveTo = init });
    }

    private static void Back(RouteSocket inside, NicSpec nic)
    {
        if ((inside.Find(nic.Name) ?? inside.Links().Find(l => nic.Hwaddr.Length > 0 && string.Equals(l.Hwaddr, nic.Hwaddr, StringComparison.OrdinalIgnoreCase))) is { } link)
        {
            inside.Change(link.Index, new LinkOptions { Up = false });
            inside.Change(link.Index, new LinkOptions { Name = nic.Link, MoveTo = Environment.ProcessId });
        }
    }

    private static void Gateway(RouteSocket inside, int index, string gateway)
    {
        var six = gateway == "dev6" || gateway.Contains(':');
        var via = gateway.StartsWith("dev", StringComparison.Ordinal) ? null : IPAddress.Parse(gateway);
        if (via is not null)
        {
            // It need not lie within a network of the interface.
            inside.AddRoute(new Route(via, six ? 128 : 32, index));
        }

        inside.AddRoute(new Route(six ? IPAddress.IPv6Any : IPAddress.Any, 0, index) { Via = via });
    }

    private static (IPAddress Address, int Prefix) Parse(string text)
    {
        var slash = text.IndexOf('/');
        return (IPAddress.Parse(text[..slash]), int.Parse(text[(slash + 1)..], CultureInfo.InvariantCulture));
    }
}
