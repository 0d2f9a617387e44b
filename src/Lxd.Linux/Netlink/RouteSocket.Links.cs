using System.Runtime.InteropServices;
using System.Text;

namespace Lxd.Linux.Netlink;

public sealed unsafe partial class RouteSocket
{
    private const ushort NewLink = 16;
    private const ushort DelLink = 17;
    private const ushort GetLink = 18;
    private const ushort LinkAddress = 1;
    private const ushort LinkName = 3;
    private const ushort LinkMtu = 4;
    private const ushort LinkBase = 5;
    private const ushort LinkMaster = 10;
    private const ushort LinkQueue = 13;
    private const ushort LinkInfo = 18;
    private const ushort LinkNamespace = 19;
    private const ushort LinkFilter = 29;
    private const ushort InfoKind = 1;
    private const ushort InfoData = 2;
    private const uint Up = 1;
    private const uint SkipStatistics = 8;

    /// <summary>The link of that name; null where there is none.</summary>
    public Link? Find(string name)
    {
        try
        {
            return Ask(new NetlinkMessage(GetLink, Request | Acknowledge).Link(0, 0).Number(LinkFilter, SkipStatistics).Text(LinkName, name), $"find {name}").Select(a => Parse(a.Body)).FirstOrDefault();
        }
        catch (NetlinkException e) when (e.Error == NetlinkException.NoSuchDevice)
        {
            return null;
        }
    }

    /// <summary>All links of the namespace.</summary>
    public List<Link> Links() => Ask(new NetlinkMessage(GetLink, Request | Acknowledge | Dump).Link(0, 0).Number(LinkFilter, SkipStatistics), "list the links").ConvertAll(a => Parse(a.Body));

    /// <summary>A veth pair; each side takes its options at once.</summary>
    public void AddVeth(LinkOptions host, LinkOptions peer)
    {
        var message = Making(host).Nest(LinkInfo, info => info.Text(InfoKind, "veth").Nest(InfoData, data => data.Nest(1, side => Options(side.Link(0, 0, Flags(peer), Flags(peer)), peer))));
        Ask(message, $"add the veth pair {host.Name}");
    }

    public void AddBridge(LinkOptions bridge) => Ask(Making(bridge).Nest(LinkInfo, info => info.Text(InfoKind, "bridge")), $"add the bridge {bridge.Name}");

    /// <param name="link">The new link.</param>
    /// <param name="parent">Index of the link below.</param>
    public void AddMacvlan(LinkOptions link, int parent) =>
        Ask(Making(link).Number(LinkBase, parent).Nest(LinkInfo, info => info.Text(InfoKind, "macvlan").Nest(InfoData, data => data.Number(1, 4))), $"add the macvlan {link.Name}");

    /// <param name="link">The new link.</param>
    /// <param name="parent">Index of the link below.</param>
    /// <param name="mode"><c>l2</c>, <c>l3</c> or <c>l3s</c>.</param>
    public void AddIpvlan(LinkOptions link, int parent, string mode) =>
        Ask(Making(link).Number(LinkBase, parent).Nest(LinkInfo, info => info.Text(InfoKind, "ipvlan").Nest(InfoData, data => data.Short(1, mode switch { "l2" => 0, "l3" => 1, _ => 2 }))), $"add the ipvlan {link.Name}");

    public void AddVlan(LinkOptions link, int parent, int id, bool gvrp)
    {
        var flags = new byte[8];
        MemoryMarshal.Write(flags, gvrp ? 2u : 0u);
        MemoryMarshal.Write(flags.AsSpan(4), 2u);
        Ask(Making(link).Number(LinkBase, parent).Nest(LinkInfo, info => info.Text(InfoKind, "vlan").Nest(InfoData, data => data.Short(1, (ushort)id).Bytes(2, flags))), $"add the vlan {link.Name}");
    }

    /// <summary>Changes a link; a new name wants the link down.</summary>
    public void Change(int index, LinkOptions options) =>
        Ask(Options(new NetlinkMessage(NewLink, Request | Acknowledge).Link(0, index, Flags(options), options.Up is null ? 0 : Up), options), $"change the link {options.Name ?? index.ToString(System.Globalization.CultureInfo.InvariantCulture)}");

    /// <summary>Takes a link away. The kernel waits until nobody looks at it any more: some milliseconds.</summary>
    public void Delete(int index) => Ask(new NetlinkMessage(DelLink, Request | Acknowledge).Link(0, index), "delete the link");

    private static NetlinkMessage Making(LinkOptions link) => Options(new NetlinkMessage(NewLink, Request | Acknowledge | Create | Exclusive).Link(0, 0, Flags(link), Flags(link)), link);

    private static uint Flags(LinkOptions link) => link.Up == true ? Up : 0;

    private static NetlinkMessage Options(NetlinkMessage message, LinkOptions link)
    {
        _ = link.Name is { } name ? message.Text(LinkName, name) : message;
        _ = link.Hwaddr is { Length: > 0 } address ? message.Hardware(LinkAddress, address) : message;
        _ = link.Mtu is > 0 and var mtu ? message.Number(LinkMtu, mtu) : message;
        _ = link.QueueLength is { } queue ? message.Number(LinkQueue, queue) : message;
        _ = link.Master is { } master ? message.Number(LinkMaster, master) : message;
        return link.MoveTo is { } pid ? message.Number(LinkNamespace, pid) : message;
    }

    private static Link Parse(byte[] body)
    {
        var attributes = NetlinkMessage.Attributes(body.AsSpan(16));
        var kind = attributes.TryGetValue(LinkInfo, out var info) && NetlinkMessage.Attributes(info).TryGetValue(InfoKind, out var text) ? Text(text) : "";
        return new Link(MemoryMarshal.Read<int>(body.AsSpan(4)), attributes.TryGetValue(LinkName, out var name) ? Text(name) : "", kind,
            attributes.TryGetValue(LinkAddress, out var address) ? string.Join(':', address.Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))) : "",
            Number(attributes, LinkMtu), Number(attributes, LinkQueue), (MemoryMarshal.Read<uint>(body.AsSpan(8)) & Up) != 0, Number(attributes, LinkMaster));
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimEnd('\0');

    private static int Number(Dictionary<int, byte[]> attributes, ushort attribute) => attributes.TryGetValue(attribute, out var bytes) && bytes.Length >= 4 ? MemoryMarshal.Read<int>(bytes) : 0;
}
