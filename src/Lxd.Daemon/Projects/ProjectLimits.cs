using System.Globalization;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Projects;

/// <summary>What everything in a project may have together: the keys <c>limits.*</c> of a project against its usage.</summary>
internal static class ProjectLimits
{
    public const string PoolPrefix = "limits.disk.pool.";
    private static readonly string[] Sums = ["limits.cpu", "limits.memory", "limits.processes"];
    private static readonly (string Key, string? Type)[] Counts = [("limits.instances", null), ("limits.containers", "container"), ("limits.virtual-machines", "virtual-machine")];

    public static bool Any(IReadOnlyDictionary<string, string> config) => config.Any(c => c.Value.Length > 0 && c.Key.StartsWith("limits.", StringComparison.Ordinal));

    /// <summary>Throws where the usage is more than the configuration allows, or where something counted does not say how much it takes.</summary>
    public static void Check(string project, IReadOnlyDictionary<string, string> config, ProjectUsage usage)
    {
        foreach (var (key, type) in Counts)
        {
            if (Limit(config, key) is { } limit && usage.Instances.Count(i => type is null || i.Type == type) > limit)
            {
                throw ApiException.Forbidden($"Reached maximum number of instances{(type is null ? "" : $" of type \"{type}\"")} in project \"{project}\"");
            }
        }

        if (Limit(config, "limits.networks") is { } networks && usage.Networks > networks)
        {
            throw ApiException.Forbidden("Networks limit has been reached");
        }

        foreach (var key in Sums.Where(k => Set(config, k)))
        {
            Compare(project, config, key, usage.Instances.Sum(i => Amount(project, i, key)));
        }

        foreach (var key in config.Keys.Where(k => (k == "limits.disk" || k.StartsWith(PoolPrefix, StringComparison.Ordinal)) && Set(config, k)))
        {
            Compare(project, config, key, Disk(project, key == "limits.disk" ? null : key[PoolPrefix.Length..], usage));
        }
    }

    /// <summary>Limits beside usage, as <c>lxc project info</c> shows them; -1 for no limit.</summary>
    public static ProjectState State(IReadOnlyDictionary<string, string> config, ProjectUsage usage)
    {
        var state = new ProjectState();
        void Add(string name, string key, long used) => state.Resources[name] = new ProjectStateResource { Limit = Limit(config, key) ?? -1, Usage = used };
        Add("instances", "limits.instances", usage.Instances.Count);
        Add("containers", "limits.containers", usage.Instances.Count(i => i.Type == "container"));
        Add("virtual-machines", "limits.virtual-machines", usage.Instances.Count(i => i.Type != "container"));
        Add("networks", "limits.networks", usage.Networks);
        foreach (var key in Sums)
        {
            Add(key[7..], key, usage.Instances.Sum(i => Known(key, i.Of(key))));
        }

        Add("disk", "limits.disk", usage.Instances.Sum(i => Known("limits.disk", i.Size)) + usage.Volumes.Sum(v => Known("limits.disk", v.Size)) + usage.ImageBytes);
        foreach (var key in config.Keys.Where(k => k.StartsWith(PoolPrefix, StringComparison.Ordinal)))
        {
            var pool = key[PoolPrefix.Length..];
            Add("disk." + pool, key, usage.Instances.Where(i => i.Pool == pool).Sum(i => Known("limits.disk", i.Size)) + usage.Volumes.Where(v => v.Pool == pool).Sum(v => Known("limits.disk", v.Size)));
        }

        return state;
    }

    /// <summary>Checks the value of a limit by itself.</summary>
    public static void CheckValue(string key, string value)
    {
        if (key == "limits.memory" && value.EndsWith('%'))
        {
            throw ApiException.BadRequest($"Invalid value for config key \"{key}\": Project limits can't be a percentage");
        }

        Parse(key, value);
    }

    private static bool Set(IReadOnlyDictionary<string, string> config, string key) => config.GetValueOrDefault(key, "").Length > 0;

    private static long? Limit(IReadOnlyDictionary<string, string> config, string key) => Set(config, key) ? Parse(key, config[key]) : null;

    private static void Compare(string project, IReadOnlyDictionary<string, string> config, string key, long used)
    {
        if (used > Parse(key, config[key]))
        {
            throw ApiException.Forbidden($"Reached maximum aggregate value \"{config[key]}\" for \"{key}\" in project \"{project}\"");
        }
    }

    private static long Disk(string project, string? pool, ProjectUsage usage)
    {
        long sum = pool is null ? usage.ImageBytes : 0;
        foreach (var instance in usage.Instances.Where(i => pool is null || i.Pool == pool))
        {
            sum += instance.Size.Length > 0
                ? Units.ParseBytes(instance.Size)
                : throw ApiException.BadRequest($"Instance \"{instance.Name}\" in project \"{project}\" has no \"size\" config set on its root disk device, either directly or via a profile");
        }

        foreach (var volume in usage.Volumes.Where(v => pool is null || v.Pool == pool))
        {
            sum += volume.Size.Length > 0 ? Units.ParseBytes(volume.Size) : throw ApiException.BadRequest($"Custom volume \"{volume.Name}\" in project \"{project}\" has no \"size\" config set");
        }

        return sum;
    }

    private static long Amount(string project, InstanceShare instance, string key)
    {
        var value = instance.Of(key);
        if (value.Length == 0)
        {
            throw ApiException.BadRequest($"Instance \"{instance.Name}\" in project \"{project}\" has no \"{key}\" config, either directly or via a profile");
        }

        if (key == "limits.memory" && value.EndsWith('%'))
        {
            throw ApiException.BadRequest($"Value for \"limits.memory\" of instance \"{instance.Name}\" in project \"{project}\" can't be a percentage");
        }

        return key == "limits.cpu" && !IsCount(value)
            ? throw ApiException.BadRequest($"Value for \"limits.cpu\" of instance \"{instance.Name}\" in project \"{project}\" can't be a set of CPUs")
            : Parse(key, value);
    }

    /// <summary>An amount that may be missing, a percentage or a set of CPUs: counted where it is a number.</summary>
    private static long Known(string key, string value) => value.Length == 0 || value.EndsWith('%') || key == "limits.cpu" && !IsCount(value) ? 0 : Parse(key, value);

    private static bool IsCount(string value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static long Parse(string key, string value) => key == "limits.memory" || key.StartsWith("limits.disk", StringComparison.Ordinal)
        ? Units.ParseBytes(value)
        : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw ApiException.BadRequest($"Invalid value for config key \"{key}\": Invalid value for a limit \"{value}\"");
}
