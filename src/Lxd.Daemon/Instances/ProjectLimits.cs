using System.Globalization;
using Lxd.Core;

namespace Lxd.Daemon.Instances;

/// <summary>What all instances of a project may have together: <c>limits.cpu</c>, <c>limits.memory</c>, <c>limits.processes</c>.</summary>
internal static class ProjectLimits
{
    private static readonly string[] Keys = ["limits.cpu", "limits.memory", "limits.processes"];

    public static bool Any(IReadOnlyDictionary<string, string> project) => Keys.Any(k => project.GetValueOrDefault(k, "").Length > 0);

    /// <summary>Throws where the instance, with the others as they are, has more than the project allows, or does not say how much it may have.</summary>
    /// <param name="others">The instances of the project; one of the same name is left out.</param>
    public static void Check(InstanceRecord instance, IEnumerable<InstanceRecord> others, IReadOnlyDictionary<string, string> project)
    {
        foreach (var key in Keys.Where(k => project.GetValueOrDefault(k, "").Length > 0))
        {
            var limit = Parse(key, project[key]);
            var sum = others.Where(i => i.Name != instance.Name).Append(instance).Sum(i => Amount(i, key));
            if (sum > limit)
            {
                throw ApiException.Forbidden($"Reached maximum aggregate value \"{project[key]}\" for \"{key}\" in project \"{instance.Project}\"");
            }
        }
    }

    private static long Amount(InstanceRecord instance, string key)
    {
        var value = instance.ExpandedConfig.GetValueOrDefault(key, "");
        if (value.Length == 0)
        {
            throw ApiException.BadRequest($"Instance \"{instance.Name}\" in project \"{instance.Project}\" has no \"{key}\" config, either directly or via a profile");
        }

        if (key == "limits.memory" && value.EndsWith('%'))
        {
            throw ApiException.BadRequest($"Value for \"limits.memory\" of instance \"{instance.Name}\" in project \"{instance.Project}\" can't be a percentage");
        }

        return key == "limits.cpu" && !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? throw ApiException.BadRequest("CPU pinning can't be set together with limits of the project")
            : Parse(key, value);
    }

    private static long Parse(string key, string value) => key == "limits.memory" ? Units.ParseBytes(value) : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw ApiException.BadRequest($"Invalid value \"{value}\" for \"{key}\"");
}
