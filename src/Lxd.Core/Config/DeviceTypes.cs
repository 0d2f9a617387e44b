using Lxd.Core.Config.Schemas;

namespace Lxd.Core.Config;

/// <summary>The types of devices, their codes in the database, and the keys each takes.</summary>
public static class DeviceTypes
{
    private static readonly string[] Names = ["none", "nic", "disk", "unix-char", "unix-block", "usb", "gpu", "infiniband", "proxy", "unix-hotplug", "tpm", "pci"];

    /// <summary>The code of the database; a bad request for a type there is not.</summary>
    public static int Code(string type)
    {
        var code = Array.IndexOf(Names, type);
        return code >= 0 ? code : throw ApiException.BadRequest($"Unsupported device type \"{type}\"");
    }

    public static string Name(long code) => code >= 0 && code < Names.Length ? Names[code] : "none";

    /// <summary>The keys of a device; of a NIC by its <c>nictype</c>, or bridged where it names a network.</summary>
    public static ConfigSchema? Schema(IReadOnlyDictionary<string, string> device) => device.GetValueOrDefault("type", "") switch
    {
        "disk" => DeviceKeys.Disk,
        "nic" => device.GetValueOrDefault("nictype", "") switch
        {
            "macvlan" => DeviceKeys.NicMacvlan,
            "p2p" => DeviceKeys.NicP2p,
            "physical" => DeviceKeys.NicPhysical,
            "routed" => DeviceKeys.NicRouted,
            "ipvlan" => DeviceKeys.NicIpvlan,
            "sriov" => DeviceKeys.NicSriov,
            "" or "bridged" => DeviceKeys.NicBridged,
            var other => throw ApiException.BadRequest($"Unsupported nictype \"{other}\""),
        },
        "unix-char" => DeviceKeys.UnixChar,
        "unix-block" => DeviceKeys.UnixBlock,
        "usb" => DeviceKeys.UnixUsb,
        "unix-hotplug" => DeviceKeys.UnixHotplug,
        "infiniband" => DeviceKeys.Infiniband,
        "proxy" => DeviceKeys.Proxy,
        "tpm" => DeviceKeys.Tpm,
        "pci" => DeviceKeys.Pci,
        "gpu" => device.GetValueOrDefault("gputype", "") switch
        {
            "mdev" => DeviceKeys.GpuMdev,
            "mig" => DeviceKeys.GpuMig,
            "sriov" => DeviceKeys.GpuSriov,
            _ => DeviceKeys.GpuPhysical,
        },
        // It has no keys. A type that has no line here would go unchecked.
        "none" => null,
        var other => throw ApiException.BadRequest($"Unsupported device type \"{other}\""),
    };

    /// <summary>Checks names, types and keys of devices; what only an instance can know (does the pool exist?) is checked where instances are made.</summary>
    public static void Validate(IReadOnlyDictionary<string, Dictionary<string, string>> devices)
    {
        foreach (var (name, device) in devices)
        {
            try
            {
                CheckName(name);

                if (!device.TryGetValue("type", out var type) || type.Length == 0)
                {
                    throw ApiException.BadRequest("Missing device type");
                }

                Code(type);
                var schema = Schema(device);
                schema?.Validate(device.Where(p => p.Key is not ("type" or "nictype" or "gputype" or "network") && !p.Key.StartsWith("user.", StringComparison.Ordinal) && !p.Key.StartsWith("initial.", StringComparison.Ordinal)).ToDictionary(p => p.Key, p => p.Value), "Invalid device option");
            }
            catch (ApiException e)
            {
                throw ApiException.BadRequest($"Device validation failed for \"{name}\": {e.Message}", e);
            }
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length is 0 or > 64)
        {
            throw ApiException.BadRequest("Name must be 1-64 characters long");
        }

        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or ':' or '_' or '.'))
        {
            throw ApiException.BadRequest("Name can only contain alphanumeric, forward slash, hyphen, colon, underscore and full stop characters");
        }

        if (name[0] == '.')
        {
            throw ApiException.BadRequest("Name cannot start with a full stop");
        }
    }
}
