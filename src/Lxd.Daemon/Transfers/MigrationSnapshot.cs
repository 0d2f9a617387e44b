using Lxd.Core;

namespace Lxd.Daemon.Transfers;

/// <summary>A snapshot as the header of a migration tells it. Times are whole seconds.</summary>
internal sealed record MigrationSnapshot(string Name)
{
    public Dictionary<string, string> Config { get; init; } = [];
    public Dictionary<string, Dictionary<string, string>> Devices { get; init; } = [];
    public IReadOnlyList<string> Profiles { get; init; } = [];
    public string Architecture { get; init; } = "";
    public DateTime Created { get; init; }
    public DateTime LastUsed { get; init; }
    public DateTime Expires { get; init; }

    /// <summary>Whether it is what the other side has under this name; a server that tells no time is believed.</summary>
    public bool IsSame(string name, DateTime created) => Name == name && (Created <= DateTime.UnixEpoch || Seconds(Created) == Seconds(created));

    public ProtoWriter Write()
    {
        var writer = new ProtoWriter().Text(1, Name);
        Write(writer, 2, Config);
        foreach (var profile in Profiles)
        {
            writer.Text(3, profile);
        }

        writer.Flag(4, false);
        foreach (var (name, keys) in Devices)
        {
            var device = new ProtoWriter().Text(1, name);
            Write(device, 2, keys);
            writer.Message(5, device);
        }

        return writer.Number(6, Architecture.Length > 0 ? DatabaseCodes.Architecture(Architecture) : 0).Flag(7, false).Number(8, Seconds(Created)).Number(9, Seconds(LastUsed)).Number(10, Seconds(Expires));
    }

    public static MigrationSnapshot Read(IEnumerable<ProtoField> message)
    {
        var fields = message.ToLookup(f => f.Id);
        return new MigrationSnapshot(fields[1].LastOrDefault().Text)
        {
            Config = Map(fields[2]),
            Profiles = [.. fields[3].Select(f => f.Text)],
            Devices = fields[5].Select(f => f.Fields.ToLookup(d => d.Id)).GroupBy(d => d[1].LastOrDefault().Text).ToDictionary(d => d.Key, d => Map(d.Last()[2])),
            Created = Time(fields[8].LastOrDefault().Number),
            LastUsed = Time(fields[9].LastOrDefault().Number),
            Expires = Time(fields[10].LastOrDefault().Number),
        };
    }

    private static void Write(ProtoWriter writer, int field, Dictionary<string, string> map)
    {
        foreach (var (key, value) in map)
        {
            writer.Message(field, new ProtoWriter().Text(1, key).Text(2, value));
        }
    }

    private static Dictionary<string, string> Map(IEnumerable<ProtoField> pairs) =>
        pairs.Select(f => f.Fields.ToLookup(p => p.Id)).GroupBy(p => p[1].LastOrDefault().Text).ToDictionary(g => g.Key, g => g.Last()[2].LastOrDefault().Text);

    private static long Seconds(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    /// <summary>0 is no time, and so is the year 1.</summary>
    private static DateTime Time(long seconds) => seconds is > 0 and < 250_000_000_000 ? DateTime.UnixEpoch.AddSeconds(seconds) : default;
}
