using Lxd.Core.Config;
using Lxd.Daemon.Metadata;

namespace Lxd.Guard.Tests;

/// <summary>The configuration keys: all are told in the reference, those that are missing stand in a list that only shrinks.</summary>
public sealed class ConfigKeyTests
{
    private static IEnumerable<(ConfigSchema Schema, ConfigKey Key)> Keys => ConfigTables.All.SelectMany(s => s.Keys.Select(k => (s, k)));

    [Fact]
    public void EveryKeyIsThereOrKnownToBeMissing()
    {
        var there = Keys.Select(k => $"{k.Schema.Entity} {ConfigReference.ShownName(k.Key)}").ToHashSet();
        Source.AssertMissing("missing-config-keys.txt", File.ReadAllLines(Source.Data("config-keys.txt")).Where(k => !there.Contains(k)));
    }

    [Fact]
    public void EveryKeySaysWhatItDoes() => Assert.Empty(Keys.Where(k => !IsSentence(k.Key.Help)).Select(k => $"{k.Schema.Entity}: {k.Key.Name}"));

    /// <summary>A default that its own check refuses is wrong in one of the two.</summary>
    [Fact]
    public void EveryDefaultIsAGoodValue()
    {
        foreach (var (_, key) in Keys.Where(k => k.Key.Default.Length > 0))
        {
            key.Check?.Invoke(key.Default);
        }
    }

    [Fact]
    public async Task EveryTypeOfDeviceIsToldInTheReference()
    {
        await using var server = new Server();
        var tables = server.Daemon.Instances.With.Devices.Types.Select(t => DeviceTypes.Schema(new Dictionary<string, string> { ["type"] = t })).OfType<ConfigSchema>();
        Assert.Empty(tables.Except(ConfigTables.All).Select(s => $"{s.Entity} is not in ConfigTables"));
    }

    private static bool IsSentence(string help) => help.Length > 10 && char.IsUpper(help[0]) && help.EndsWith('.');
}
