namespace Lxd.Daemon.Instances;

/// <summary>What an instance takes from a profile.</summary>
internal sealed record ProfileRecord(long Id, string Name, Dictionary<string, string> Config, Dictionary<string, Dictionary<string, string>> Devices)
{
    public string Description { get; init; } = "";
}

/// <summary>Profiles laid over each other in their order, the instance's own on top; a device replaces one of the same name as a whole.</summary>
internal static class Expansion
{
    public static Dictionary<string, string> Config(IReadOnlyDictionary<string, string> own, IEnumerable<ProfileRecord> profiles)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var layer in profiles.Select(p => (IReadOnlyDictionary<string, string>)p.Config).Append(own))
        {
            foreach (var (key, value) in layer)
            {
                result[key] = value;
            }
        }

        return result;
    }

    public static Dictionary<string, Dictionary<string, string>> Devices(IReadOnlyDictionary<string, Dictionary<string, string>> own, IEnumerable<ProfileRecord> profiles)
    {
        var result = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var layer in profiles.Select(p => (IReadOnlyDictionary<string, Dictionary<string, string>>)p.Devices).Append(own))
        {
            foreach (var (name, device) in layer)
            {
                result[name] = device;
            }
        }

        return result;
    }
}
