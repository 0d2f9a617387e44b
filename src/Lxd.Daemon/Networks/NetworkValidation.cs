using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;

namespace Lxd.Daemon.Networks;

/// <summary>What a network's name and configuration may be, as far as that can be told without looking at anything else.</summary>
internal static class NetworkValidation
{
    public static ConfigSchema Schema(string type) => type switch
    {
        "macvlan" => NetworkKeys.Macvlan,
        "sriov" => NetworkKeys.Sriov,
        "physical" => NetworkKeys.Physical,
        _ => NetworkKeys.Bridge,
    };

    public static void Name(string name)
    {
        NetworkChecks.Interface(name);
        if (name.Contains(':') || name.StartsWith('-') || name is "." or "..")
        {
            throw ApiException.BadRequest("Network interface contains invalid characters");
        }
    }

    public static void Config(string network, string type, IReadOnlyDictionary<string, string> config)
    {
        var schema = Schema(type);
        foreach (var (name, value) in config.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            CheckName(network, name);
            var key = schema.Find(name) ?? throw ApiException.BadRequest($"Invalid option for network \"{network}\" option \"{name}\"");
            if (value.Length > 0)
            {
                Check(network, name, () => key.Check?.Invoke(value));
            }
        }

        if (type != "bridge")
        {
            Check(network, "parent", () => _ = config.GetValueOrDefault("parent", "").Length > 0 ? "" : throw ApiException.BadRequest("Required value"));
            return;
        }

        if (config.GetValueOrDefault("bridge.mode") == "fan")
        {
            throw ApiException.BadRequest("Fan bridges need a kernel with FAN support, which this host doesn't have");
        }

        if (config.GetValueOrDefault("bridge.driver") == "openvswitch")
        {
            throw ApiException.BadRequest("Open vSwitch isn't installed on this system");
        }
    }

    /// <summary>A check whose complaint is told with the name of the option.</summary>
    public static void Check(string network, string option, Action check)
    {
        try
        {
            check();
        }
        catch (ApiException e)
        {
            throw ApiException.BadRequest($"Invalid value for network \"{network}\" option \"{option}\": {e.Message}", e);
        }
    }

    private static void CheckName(string network, string name)
    {
        var parts = name.Split('.');
        if (parts[0] != "tunnel")
        {
            return;
        }

        if (parts.Length != 3)
        {
            throw ApiException.BadRequest($"Invalid network configuration key: {name}");
        }

        if (network.Length + 1 + parts[1].Length > NetworkChecks.LongestInterface)
        {
            throw ApiException.BadRequest($"Network name too long for tunnel interface: {network}-{parts[1]}");
        }
    }
}
