using Lxd.Core;
using Lxd.Core.Config;

namespace Lxd.Daemon.Instances;

/// <summary>An instance as the database knows it. Copies are made by <c>with</c>; the maps are never changed in place.</summary>
internal sealed record InstanceRecord
{
    /// <summary>What a daemon that dies in the middle leaves to the next one: <c>create</c>, <c>delete</c>, or <c>rename OLD</c>. Written with the first change, removed with the last.</summary>
    public const string Unfinished = "volatile.unfinished";

    public long Id { get; init; }
    public long ProjectId { get; init; }
    public required string Project { get; init; }
    public required string Name { get; init; }

    /// <summary><c>container</c> or <c>virtual-machine</c>.</summary>
    public string Type { get; init; } = "container";
    public string Architecture { get; init; } = DatabaseCodes.HostArchitecture;
    public bool Ephemeral { get; init; }
    public bool Stateful { get; init; }
    public DateTime CreatedAt { get; init; }
    public DateTime LastUsedAt { get; init; }
    public string Description { get; init; } = "";
    public Dictionary<string, string> Config { get; init; } = [];
    public Dictionary<string, Dictionary<string, string>> Devices { get; init; } = [];
    public List<string> Profiles { get; init; } = [];

    /// <summary>The configuration with the profiles' below it.</summary>
    public Dictionary<string, string> ExpandedConfig { get; init; } = [];

    /// <summary>The devices with the profiles' below them.</summary>
    public Dictionary<string, Dictionary<string, string>> ExpandedDevices { get; init; } = [];

    /// <summary>The name its directories carry.</summary>
    public string DiskName => Names.OnDisk(Project, Name);

    public string Url => Names.Url("", "1.0", "instances", Name);

    public bool IsContainer => Type == "container";

    /// <summary>The expanded value of a key, empty where unset.</summary>
    public string Get(string key) => ExpandedConfig.GetValueOrDefault(key, "");

    public bool IsTrue(string key) => Checks.IsTrue(Get(key));

    /// <summary>The expanded number of a key, or the fallback.</summary>
    public long Number(string key, long fallback) => long.TryParse(Get(key), System.Globalization.CultureInfo.InvariantCulture, out var value) ? value : fallback;

    /// <summary>The device that is the instance's root disk; null where it has none.</summary>
    public KeyValuePair<string, Dictionary<string, string>>? RootDisk()
    {
        foreach (var device in ExpandedDevices)
        {
            if (IsRoot(device.Value))
            {
                return device;
            }
        }

        return null;
    }

    /// <summary>The pool the instance lies in; throws where there is no root disk.</summary>
    public string Pool => RootDisk()?.Value.GetValueOrDefault("pool", "") is { Length: > 0 } pool ? pool : throw ApiException.BadRequest("No root device could be found");

    /// <summary>What it takes of its project's allowance.</summary>
    public Projects.InstanceShare Share
    {
        get
        {
            var root = RootDisk()?.Value ?? [];
            return new(Name, Type, Get("limits.cpu"), Get("limits.memory"), Get("limits.processes"), root.GetValueOrDefault("pool", ""), root.GetValueOrDefault("size", ""));
        }
    }

    /// <summary>The instance as it is once these keys are recorded.</summary>
    public InstanceRecord With(IReadOnlyDictionary<string, string?> recorded) => recorded.Count == 0 ? this : this with { Config = Merged(Config, recorded), ExpandedConfig = Merged(ExpandedConfig, recorded) };

    private static Dictionary<string, string> Merged(Dictionary<string, string> config, IReadOnlyDictionary<string, string?> recorded)
    {
        var merged = new Dictionary<string, string>(config, StringComparer.Ordinal);
        foreach (var (key, value) in recorded)
        {
            if (value is null)
            {
                merged.Remove(key);
            }
            else
            {
                merged[key] = value;
            }
        }

        return merged;
    }

    public static bool IsRoot(IReadOnlyDictionary<string, string> device) =>
        device.GetValueOrDefault("type") == "disk" && device.GetValueOrDefault("path") == "/" && device.GetValueOrDefault("source", "").Length == 0;
}
