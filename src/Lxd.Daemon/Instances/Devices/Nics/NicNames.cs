using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>Names of interfaces, inside and on the host.</summary>
internal static partial class NicNames
{
    /// <summary>The name inside: the one asked for, the one it runs under, else the first <c>ethN</c> that no other NIC has, in the order of the devices.</summary>
    public static string Inside(DeviceContext device)
    {
        if (Known(device) is { Length: > 0 } known)
        {
            return known;
        }

        var nics = device.Instance.ExpandedDevices.Where(d => d.Value.GetValueOrDefault("type") == "nic").OrderBy(d => d.Key, StringComparer.Ordinal)
            .Select(d => device with { Name = d.Key, Config = d.Value }).ToList();
        var taken = nics.Select(Known).Where(n => n.Length > 0).ToHashSet();
        var next = 0;
        foreach (var nic in nics.Where(n => Known(n).Length == 0))
        {
            while (taken.Contains("eth" + next))
            {
                next++;
            }

            if (nic.Name == device.Name)
            {
                break;
            }

            next++;
        }

        return "eth" + next;
    }

    /// <summary>A name no interface of the host has yet.</summary>
    public static string Random(string prefix) => prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <summary>The link that carries a VLAN of a parent.</summary>
    public static string Vlan(string parent, string vlan)
    {
        var name = $"{parent}.{vlan}";
        return name.Length <= 15 ? name : $"lxd{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(parent)))[..6]}.{vlan}";
    }

    public static bool IsValid(string name) => name is not ("." or "..") && Pattern().IsMatch(name);

    private static string Known(DeviceContext device) => device.Get("name") is { Length: > 0 } name ? name : device.Volatile("name");

    [GeneratedRegex("^[A-Za-z0-9._-]{1,15}$")]
    private static partial Regex Pattern();
}
