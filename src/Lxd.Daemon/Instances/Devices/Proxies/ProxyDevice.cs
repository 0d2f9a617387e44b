using System.Globalization;
using System.Net;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Hosting;
using Lxd.Network.Nics;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Proxies;

/// <summary>Connections forwarded between host and instance: by a process, or by address translation.</summary>
/// <param name="forwarded">Whether an address of the host is a network forward's: two cannot translate what comes there.</param>
internal sealed class ProxyDevice(DaemonPaths paths, INicLinks links, Func<IPAddress, CancellationToken, Task<bool>> forwarded) : Device("proxy")
{
    private static readonly string[] Owner = ["uid", "gid", "mode"];

    public override async Task CheckAsync(DeviceContext device, CancellationToken ct)
    {
        foreach (var key in (ReadOnlySpan<string>)["listen", "connect"])
        {
            if (device.Get(key).Length == 0)
            {
                throw ApiException.BadRequest($"Invalid value for device option \"{key}\": Required value");
            }
        }

        if (device.Get("bind") is not ("" or "host" or "instance" or "guest" or "container"))
        {
            throw ApiException.BadRequest($"Invalid value for device option \"bind\": Invalid binding side given. Must be \"host\" or \"instance\"");
        }

        if (device.Instance.Type == "virtual-machine" && !device.IsTrue("nat"))
        {
            throw ApiException.BadRequest("Only NAT mode is supported for proxies on VM instances");
        }

        var listen = Parse(device, "listen");
        var connect = Parse(device, "connect");
        if (connect.Ports.Count > 1 && connect.Ports.Count != Math.Max(1, listen.Ports.Count))
        {
            throw ApiException.BadRequest("Mismatch between listen port(s) and connect port(s) count");
        }

        if (device.IsTrue("proxy_protocol") && (!connect.Type.StartsWith("tcp", StringComparison.Ordinal) || device.IsTrue("nat")))
        {
            throw ApiException.BadRequest("The PROXY header can only be sent to tcp servers in non-nat mode");
        }

        if ((!listen.IsUnix || listen.IsAbstract) && Owner.FirstOrDefault(k => device.Get(k).Length > 0) is { } owner)
        {
            throw ApiException.BadRequest($"Only proxy devices for non-abstract unix sockets can carry {owner}, but type is {listen.Type}");
        }

        if (device.IsTrue("nat"))
        {
            CheckNat(device, listen, connect);
            if (await forwarded(listen.Ip!, ct).ConfigureAwait(false))
            {
                throw ApiException.BadRequest($"Listen address \"{listen.Ip}\" is used by a network forward");
            }
        }
    }

    /// <summary>The device of an instance that translates what comes to an address of the host.</summary>
    public static string? On(IPAddress address, IEnumerable<InstanceRecord> instances) =>
        instances.SelectMany(i => i.ExpandedDevices.Select(d => (Name: $"\"{d.Key}\" of instance \"{i.Name}\"", Keys: d.Value)))
            .FirstOrDefault(d => d.Keys.GetValueOrDefault("type") == "proxy" && Checks.IsTrue(d.Keys.GetValueOrDefault("nat", "")) && ProxyAddress.Parse(d.Keys["listen"]).Ip is { } ip && ip.Equals(address)).Name;

    public override async Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct)
    {
        if (device.IsTrue("nat"))
        {
            var forward = Forward(device, Parse(device, "listen"), Parse(device, "connect"));
            await ProxyRules.ApplyAsync(RuleOwner(device), forward, ct).ConfigureAwait(false);
            SetHairpin(device, forward.Target);
            return DeviceRun.Empty;
        }

        return new DeviceRun { AfterStart = [(live, token) => RunAsync(device, live.Usage().Pid, token)] };
    }

    public override DeviceRun Describe(DeviceContext device) => DeviceRun.Empty;

    /// <summary>Goes by what is there, not by the configuration, which may be one that no device could start with.</summary>
    public override async Task StopAsync(DeviceContext device, CancellationToken ct)
    {
        if (File.Exists(PidFile(device)))
        {
            await ProxyProcess.StopAsync(PidFile(device)).ConfigureAwait(false);
            if (device.Get("listen") is { Length: > 6 } listen && listen.StartsWith("unix:/", StringComparison.Ordinal) && OnHost(device))
            {
                File.Delete(listen[5..]);
            }
        }

        if (device.IsTrue("nat"))
        {
            await ProxyRules.RemoveAsync(RuleOwner(device), ct).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(DeviceContext device, int pid, CancellationToken ct)
    {
        var listen = Parse(device, "listen");
        var connect = Parse(device, "connect");
        var map = device.IdMap;
        var onHost = OnHost(device);
        var security = (Uid: Number(device, "security.uid"), Gid: Number(device, "security.gid"));
        var inside = new ProxyEnd(pid, Mapped(map.HostUid(security.Uid), security.Uid), Mapped(map.HostGid(security.Gid), security.Gid));
        var owner = (Uid: Number(device, "uid"), Gid: Number(device, "gid"));
        // A socket in the file system is made by root, who gives it to its owner then.
        var (from, to) = onHost ? (new ProxyEnd(0, 0, 0), inside) : (new ProxyEnd(pid, 0, 0), new ProxyEnd(0, security.Uid, security.Gid));
        await ProxyProcess.StartAsync(new ProxySpec(listen.Singles, connect.Singles, from, to)
        {
            ProxyProtocol = device.IsTrue("proxy_protocol"),
            Owner = onHost ? owner : (Mapped(map.HostUid(owner.Uid), owner.Uid), Mapped(map.HostGid(owner.Gid), owner.Gid)),
            Mode = device.Get("mode") is { Length: > 0 } mode ? mode : "0644",
        }, PidFile(device), Path.Combine(paths.Logs, device.Instance.DiskName, $"proxy.{device.Name.Replace('/', '-')}.log"), ct).ConfigureAwait(false);
    }

    private static void CheckNat(DeviceContext device, ProxyAddress listen, ProxyAddress connect)
    {
        if (!OnHost(device))
        {
            throw ApiException.BadRequest("Only host-bound proxies can use NAT");
        }

        if (listen.IsUnix || connect.IsUnix || listen.Type != connect.Type)
        {
            throw ApiException.BadRequest($"Proxying {listen.Type} <-> {connect.Type} is not supported when using NAT");
        }

        if (listen.IsWildcard)
        {
            throw ApiException.BadRequest("Cannot listen on wildcard address when in NAT mode");
        }

        if (listen.Ip!.AddressFamily != connect.Ip!.AddressFamily)
        {
            throw ApiException.BadRequest("Cannot mix IP versions between listen and connect in NAT mode");
        }

        // A profile has no NICs of its own to look at.
        if (device.Instance.Id != 0)
        {
            Forward(device, listen, connect);
        }
    }

    /// <summary>The static address of one of the instance's NICs the proxy leads to.</summary>
    private static PortForward Forward(DeviceContext device, ProxyAddress listen, ProxyAddress connect)
    {
        var key = connect.Ip!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "ipv6.address" : "ipv4.address";
        var own = device.Instance.ExpandedDevices.Values.Where(d => d.GetValueOrDefault("type") == "nic")
            .SelectMany(d => d.GetValueOrDefault(key, "").Split(',', StringSplitOptions.TrimEntries)).Select(a => IPAddress.TryParse(a, out var ip) ? ip : null).OfType<IPAddress>().ToList();
        var target = connect.IsWildcard ? own.FirstOrDefault() : own.Find(a => a.Equals(connect.Ip));
        return new PortForward(listen.Type, listen.Ip!, listen.Ports, target ?? throw ApiException.BadRequest("Proxy connect IP cannot be used with any of the instance NICs static IPs"), connect.Ports);
    }

    /// <summary>The bridge gives what an instance sends to itself back through the port it came by.</summary>
    private void SetHairpin(DeviceContext device, IPAddress target)
    {
        foreach (var (name, _) in device.Instance.ExpandedDevices.Where(d => d.Value.GetValueOrDefault("type") == "nic" && d.Value.Values.Any(v => v.Split(',', StringSplitOptions.TrimEntries).Contains(target.ToString()))))
        {
            if (device.Instance.Config.GetValueOrDefault($"volatile.{name}.host_name", "") is { Length: > 0 } host && links.Find(host) is { Master: > 0 })
            {
                links.SetPort(host, new PortOptions { Hairpin = true });
            }
        }
    }

    private static bool OnHost(DeviceContext device) => device.Get("bind") is "" or "host";

    private static ProxyAddress Parse(DeviceContext device, string key)
    {
        try
        {
            return ProxyAddress.Parse(device.Get(key));
        }
        catch (ApiException e)
        {
            throw ApiException.BadRequest($"Invalid value for device option \"{key}\": {e.Message}", e);
        }
    }

    private static uint Number(DeviceContext device, string key) => uint.TryParse(device.Get(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static uint Mapped(uint? host, uint inside) => host ?? throw ApiException.BadRequest($"The id {inside} is not mapped into the instance");

    private string PidFile(DeviceContext device) => Path.Combine(paths.Devices, device.Instance.DiskName, $"proxy.{device.Name.Replace("-", "--", StringComparison.Ordinal).Replace('/', '-')}");

    private static string RuleOwner(DeviceContext device) => $"{device.Instance.DiskName}.{device.Name}";
}
