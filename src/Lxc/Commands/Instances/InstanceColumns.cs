using System.Globalization;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary>What has to be known of an instance besides its configuration.</summary>
[Flags]
internal enum Needs
{
    Nothing = 0,
    State = 1,
    Disk = 2,
    Network = 4,
}

/// <summary>A column of <c>list</c> and what it needs.</summary>
internal sealed record InstanceColumn(Column<InstanceFull> Column, Needs Needs);

/// <summary>The columns of <c>list</c>.</summary>
internal static class InstanceColumns
{
    public const string Usual = "ns46tS";
    public const string Fast = "nsacPt";

    public const string Help = """
        Columns are letters, and keys as [config:|devices:]KEY[:NAME[:WIDTH]]; commas between letters may be left out:
          n name            s state             t type              4 IPv4 addresses   6 IPv6 addresses
          a architecture    b storage pool      c creation date     d description      D disk usage
          e project         f base image        F base image (long) l last used        L location
          m memory usage    M memory usage (%)  N processes         p process id       P profiles
          S snapshots       u CPU seconds
        A WIDTH cuts longer values; 0 is the width of the heading.
        """;

    private static readonly InstanceColumn[] All =
    [
        Of('4', "IPV4", i => Addresses(i, "inet"), Needs.Network),
        Of('6', "IPV6", i => Addresses(i, "inet6"), Needs.Network),
        Of('a', "ARCHITECTURE", i => i.Architecture),
        Of('b', "STORAGE POOL", i => i.ExpandedDevices.Values.FirstOrDefault(d => d.GetValueOrDefault("type") == "disk" && d.GetValueOrDefault("path") == "/")?.GetValueOrDefault("pool") ?? ""),
        Of('c', "CREATED AT", i => Times.Short(i.CreatedAt)),
        Of('d', "DESCRIPTION", i => i.Description),
        Of('D', "DISK USAGE", i => i.State?.Disk?.GetValueOrDefault("root")?.Usage is > 0 and var u ? Units.FormatBytes((long)u) : "", Needs.Disk),
        Of('e', "PROJECT", i => i.Project),
        Of('f', "BASE IMAGE", i => Image(i) is { Length: > 12 } f ? f[..12] : Image(i)),
        Of('F', "BASE IMAGE", Image),
        Of('l', "LAST USED AT", i => Times.Short(i.LastUsedAt)),
        Of('L', "LOCATION", i => i.Location),
        Of('m', "MEMORY USAGE", i => i.State?.Memory.Usage is > 0 and var u ? Units.FormatBytes((long)u) : "", Needs.State),
        Of('M', "MEMORY USAGE%", i => i.State?.Memory is { Total: > 0, Usage: > 0 } m ? (100.0 * m.Usage / m.Total).ToString("F1", CultureInfo.InvariantCulture) + "%" : "", Needs.State),
        Of('n', "NAME", i => i.Name),
        Of('N', "PROCESSES", i => Running(i) && i.State!.Processes >= 0 ? i.State.Processes.ToString(CultureInfo.InvariantCulture) : "", Needs.State),
        Of('p', "PID", i => Running(i) && i.State!.Pid > 0 ? i.State.Pid.ToString(CultureInfo.InvariantCulture) : "", Needs.State),
        Of('P', "PROFILES", i => string.Join('\n', i.Profiles)),
        Of('s', "STATE", i => i.Status.ToUpperInvariant()),
        Of('S', "SNAPSHOTS", i => i.Snapshots.Count.ToString(CultureInfo.InvariantCulture), Needs.State),
        Of('t', "TYPE", i => i.Ephemeral ? $"{i.Type.ToUpperInvariant()} (EPHEMERAL)" : i.Type.ToUpperInvariant()),
        Of('u', "CPU USAGE", i => Running(i) && i.State!.Cpu.Usage > 0 ? (i.State.Cpu.Usage / 1_000_000_000).ToString(CultureInfo.InvariantCulture) + "s" : "", Needs.State),
    ];

    public static InstanceColumn? Find(char letter) => Array.Find(All, c => c.Column.Letter == letter);

    /// <summary>Letters, and keys between commas: <c>n,user.comment:NOTE:10,devices:eth0.hwaddr</c>.</summary>
    public static IReadOnlyList<InstanceColumn> Parse(string letters)
    {
        var columns = new List<InstanceColumn>();
        foreach (var part in letters.Split(','))
        {
            if (part.Length == 0)
            {
                throw new ApiException(0, $"Empty column entry (redundant, leading or trailing command) in '{letters}'");
            }

            if (part.Contains('.') || part.Contains(':'))
            {
                columns.Add(Key(part));
                continue;
            }

            columns.AddRange(part.Select(letter => Find(letter) ?? throw new ApiException(0, $"Unknown column shorthand char '{letter}' in '{part}'")));
        }

        return columns;
    }

    private static InstanceColumn Key(string text)
    {
        var (devices, rest) = text.StartsWith("devices:", StringComparison.Ordinal) ? (true, text["devices:".Length..]) : (false, text.StartsWith("config:", StringComparison.Ordinal) ? text["config:".Length..] : text);
        var parts = rest.Split(':');
        if (parts.Length > 3)
        {
            throw new ApiException(0, $"Invalid config key column format (too many fields): '{text}'");
        }

        var width = -1;
        if (parts.Length == 3 && parts[2].Length > 0 && (!int.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out width) || width < -1))
        {
            throw new ApiException(0, $"Invalid max width (must be an integer >= -1) '{parts[2]}' in '{text}'");
        }

        if (parts[0].Length == 0 || devices && !parts[0].Contains('.'))
        {
            throw new ApiException(0, $"Invalid config key '{parts[0]}' in '{text}'");
        }

        var header = parts.Length > 1 && parts[1].Length > 0 ? parts[1] : parts[0];
        var most = width == 0 ? header.Length : width;
        return Of('\0', header, i =>
        {
            var value = devices ? Device(i, parts[0]) : i.ExpandedConfig.GetValueOrDefault(parts[0], "");
            return most > 0 && value.Length > most ? value[..most] : value;
        });
    }

    private static string Device(InstanceFull instance, string path)
    {
        var dot = path.IndexOf('.');
        return instance.ExpandedDevices.GetValueOrDefault(path[..dot])?.GetValueOrDefault(path[(dot + 1)..]) ?? "";
    }

    private static InstanceColumn Of(char letter, string header, Func<InstanceFull, string> text, Needs needs = Needs.Nothing) => new(new(letter, header, text), needs == Needs.Nothing ? needs : needs | Needs.State);

    private static bool Running(InstanceFull i) => i.State is not null && i.StatusCode is not (0 or 102);

    private static string Image(InstanceFull i) => i.Config.GetValueOrDefault("volatile.base_image", "");

    private static string Addresses(InstanceFull instance, string family) => string.Join('\n', (Running(instance) ? instance.State?.Network ?? [] : [])
        .Where(n => n.Key != "lo")
        .SelectMany(n => n.Value.Addresses.Where(a => a.Family == family && a.Scope == "global").Select(a => $"{a.Address} ({n.Key})"))
        .OrderDescending(StringComparer.Ordinal));
}
