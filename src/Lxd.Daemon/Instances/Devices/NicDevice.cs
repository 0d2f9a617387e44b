using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Lxd.Core;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>Network interfaces: bridged (a managed network or any bridge), p2p, macvlan, physical.</summary>
internal sealed class NicDevice(IInstanceNetworks networks) : Device("nic")
{
    private static readonly string[] Live = ["ipv4.address", "ipv6.address", "ipv4.routes", "ipv6.routes", "limits.ingress", "limits.egress", "limits.max", "limits.priority"];

    public override async Task CheckAsync(DeviceContext device, CancellationToken ct)
    {
        var kind = device.Get("nictype");
        if (device.Get("network") is { Length: > 0 } name)
        {
            var network = await networks.GetAsync(device.Instance.Project, name, ct).ConfigureAwait(false);
            if (device.Get("parent").Length > 0)
            {
                throw ApiException.BadRequest("Cannot use \"parent\" property in conjunction with \"network\" property");
            }

            CheckStatic(device, network);
        }
        else if (kind is not ("bridged" or "macvlan" or "p2p" or "physical"))
        {
            throw ApiException.BadRequest(kind.Length == 0 ? "Missing \"nictype\" or \"network\" property" : $"Unsupported nictype \"{kind}\"");
        }
        else if (kind != "p2p" && device.Get("parent").Length == 0)
        {
            throw ApiException.BadRequest("Invalid value for device option \"parent\": Required value");
        }

        if (device.Get("hwaddr") is { Length: > 0 } address && !MacAddress.IsValid(address))
        {
            throw ApiException.BadRequest($"Invalid value for device option \"hwaddr\": Invalid MAC address \"{address}\"");
        }

        foreach (var key in (ReadOnlySpan<string>)["name", "host_name"])
        {
            if (device.Get(key) is { Length: > 0 } value && (value.Length > 15 || value is "." or ".." || value.Any(c => char.IsWhiteSpace(c) || c is '/' or ':')))
            {
                throw ApiException.BadRequest($"Invalid value for device option \"{key}\": Invalid interface name \"{value}\"");
            }
        }

        CheckAddress(device, "ipv4.address", AddressFamily.InterNetwork);
        CheckAddress(device, "ipv6.address", AddressFamily.InterNetworkV6);
        CheckRoutes(device);
    }

    public override async Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct)
    {
        var (kind, parent) = await ParentAsync(device, ct).ConfigureAwait(false);
        if (parent.Length > 0 && !networks.InterfaceExists(parent))
        {
            throw ApiException.BadRequest($"Parent device \"{parent}\" doesn't exist");
        }

        var host = kind switch
        {
            NicKind.Veth => device.Get("host_name") is { Length: > 0 } chosen ? chosen : RandomName("veth"),
            NicKind.Macvlan => RandomName("mac"),
            _ => parent,
        };
        var nic = Spec(device, kind, parent, host);
        return new DeviceRun
        {
            Nics = [nic],
            Volatile = new Dictionary<string, string?> { [device.VolatileKey("host_name")] = host, [device.VolatileKey("last_state.created")] = kind == NicKind.Physical ? "false" : null },
            AfterStart = kind == NicKind.Veth ? [token => SettleAsync(device, host, false, token)] : [],
        };
    }

    public override DeviceRun Describe(DeviceContext device)
    {
        var kind = device.Get("nictype") switch { "macvlan" => NicKind.Macvlan, "physical" => NicKind.Physical, _ => NicKind.Veth };
        return new DeviceRun { Nics = [Spec(device, kind, device.Get("parent") is { Length: > 0 } parent ? parent : device.Get("network"), device.Volatile("host_name"))] };
    }

    public override async Task ChangedAsync(DeviceContext device, CancellationToken ct)
    {
        if (device.Get("network") is { Length: > 0 } network)
        {
            await networks.LeasesChangedAsync(device.Instance.Project, network, ct).ConfigureAwait(false);
        }
    }

    public override bool CanUpdate(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k, "") != after.GetValueOrDefault(k, "")).All(k => Live.Contains(k) || k.StartsWith("user.", StringComparison.Ordinal));

    public override async Task UpdateAsync(DeviceContext before, DeviceContext after, CancellationToken ct)
    {
        if (after.Volatile("host_name") is { Length: > 0 } host && networks.InterfaceExists(host))
        {
            await SettleAsync(after, host, true, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What the host side gets once it is there.</summary>
    private async Task SettleAsync(DeviceContext device, string host, bool update, CancellationToken ct)
    {
        var routes = Routes(device).ToList();
        if (routes.Count > 0)
        {
            await networks.AddRoutesAsync(host, routes, ct).ConfigureAwait(false);
        }

        var both = Units.ParseBits(device.Get("limits.max"));
        var ingress = device.Get("limits.ingress").Length > 0 ? Units.ParseBits(device.Get("limits.ingress")) : both;
        var egress = device.Get("limits.egress").Length > 0 ? Units.ParseBits(device.Get("limits.egress")) : both;
        if (ingress > 0 || egress > 0 || update)
        {
            await networks.ShapeAsync(host, ingress, egress, ct).ConfigureAwait(false);
        }
    }

    private async Task<(NicKind Kind, string Parent)> ParentAsync(DeviceContext device, CancellationToken ct)
    {
        if (device.Get("network") is { Length: > 0 } name)
        {
            var network = await networks.GetAsync(device.Instance.Project, name, ct).ConfigureAwait(false);
            return (network.Kind switch { "macvlan" => NicKind.Macvlan, "physical" => NicKind.Physical, _ => NicKind.Veth }, network.Interface);
        }

        return device.Get("nictype") switch
        {
            "macvlan" => (NicKind.Macvlan, device.Get("parent")),
            "physical" => (NicKind.Physical, device.Get("parent")),
            "p2p" => (NicKind.Veth, ""),
            _ => (NicKind.Veth, device.Get("parent")),
        };
    }

    private static NicSpec Spec(DeviceContext device, NicKind kind, string parent, string host) => new(kind, InsideName(device))
    {
        Parent = parent,
        HostName = host,
        Hwaddr = device.Get("hwaddr") is { Length: > 0 } own ? own : device.Volatile("hwaddr"),
        Mtu = int.TryParse(device.Get("mtu"), NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) ? mtu : 0,
    };

    /// <summary>The name inside: the one asked for, else ethN by the device's place among the NICs.</summary>
    private static string InsideName(DeviceContext device)
    {
        if (device.Get("name") is { Length: > 0 } name)
        {
            return name;
        }

        var nics = device.Instance.ExpandedDevices.Where(d => d.Value.GetValueOrDefault("type") == "nic").OrderBy(d => d.Key, StringComparer.Ordinal).ToList();
        var taken = nics.Select(d => d.Value.GetValueOrDefault("name", "")).ToHashSet();
        var next = 0;
        foreach (var nic in nics.Where(d => d.Value.GetValueOrDefault("name", "").Length == 0))
        {
            while (taken.Contains("eth" + next))
            {
                next++;
            }

            if (nic.Key == device.Name)
            {
                break;
            }

            next++;
        }

        return "eth" + next;
    }

    private static string RandomName(string prefix) => prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    private static IEnumerable<string> Routes(DeviceContext device) =>
        ((IEnumerable<string>)["ipv4.routes", "ipv6.routes", "ipv4.routes.external", "ipv6.routes.external"])
            .SelectMany(k => device.Get(k).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static void CheckRoutes(DeviceContext device)
    {
        foreach (var route in Routes(device))
        {
            if (!IPNetwork.TryParse(route, out _) && !IPAddress.TryParse(route, out _))
            {
                throw ApiException.BadRequest($"Invalid CIDR address: {route}");
            }
        }
    }

    private static void CheckAddress(DeviceContext device, string key, AddressFamily family)
    {
        if (device.Get(key) is { Length: > 0 } text && text != "none" && !(IPAddress.TryParse(text, out var address) && address.AddressFamily == family))
        {
            throw ApiException.BadRequest($"Invalid value for device option \"{key}\": Not an {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address \"{text}\"");
        }
    }

    /// <summary>A static address has to lie within the network's.</summary>
    private static void CheckStatic(DeviceContext device, NicNetwork network)
    {
        foreach (var key in (ReadOnlySpan<string>)["ipv4.address", "ipv6.address"])
        {
            if (device.Get(key) is not { Length: > 0 } text || !IPAddress.TryParse(text, out var address) || network.Kind != "bridge")
            {
                continue;
            }

            var own = network.Config.GetValueOrDefault(key, "");
            if (own is "" or "none")
            {
                throw ApiException.BadRequest($"Cannot specify \"{key}\" when \"{key}\" is not set on network \"{network.Name}\"");
            }

            var slash = own.IndexOf('/');
            if (slash > 0 && IPAddress.TryParse(own[..slash], out var gateway) && int.TryParse(own[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && !new IPNetwork(Masked(gateway, bits), bits).Contains(address))
            {
                throw ApiException.BadRequest($"Device IP address \"{text}\" not within network \"{network.Name}\" subnet");
            }
        }
    }

    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var keep = Math.Clamp(bits - (8 * i), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - keep));
        }

        return new IPAddress(bytes);
    }
}
