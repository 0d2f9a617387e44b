using System.Globalization;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>list</c>.</summary>
internal static class ListCommand
{
    private const string Default = "ns46tS";
    private const string Fast = "nsacPt";

    private static readonly Dictionary<char, (string Header, bool State, Func<InstanceFull, string> Text)> Columns = new()
    {
        ['4'] = ("IPV4", true, i => Addresses(i, "inet")),
        ['6'] = ("IPV6", true, i => Addresses(i, "inet6")),
        ['a'] = ("ARCHITECTURE", false, i => i.Architecture),
        ['b'] = ("STORAGE POOL", false, i => i.ExpandedDevices.Values.FirstOrDefault(d => d.GetValueOrDefault("type") == "disk" && d.GetValueOrDefault("path") == "/")?.GetValueOrDefault("pool") ?? ""),
        ['c'] = ("CREATED AT", false, i => Day(i.CreatedAt)),
        ['d'] = ("DESCRIPTION", false, i => i.Description),
        ['D'] = ("DISK USAGE", true, i => i.State?.Disk?.GetValueOrDefault("root")?.Usage is > 0 and var u ? Units.FormatBytes((long)u) : ""),
        ['e'] = ("PROJECT", false, i => i.Project),
        ['f'] = ("BASE IMAGE", false, i => Image(i) is { Length: > 12 } f ? f[..12] : Image(i)),
        ['F'] = ("BASE IMAGE", false, Image),
        ['l'] = ("LAST USED AT", false, i => Day(i.LastUsedAt)),
        ['L'] = ("LOCATION", false, i => i.Location),
        ['m'] = ("MEMORY USAGE", true, i => i.State?.Memory.Usage is > 0 and var u ? Units.FormatBytes((long)u) : ""),
        ['M'] = ("MEMORY USAGE%", true, i => i.State?.Memory is { Total: > 0, Usage: > 0 } m ? (100.0 * m.Usage / m.Total).ToString("F1", CultureInfo.InvariantCulture) + "%" : ""),
        ['n'] = ("NAME", false, i => i.Name),
        ['N'] = ("PROCESSES", true, i => i.State?.Processes is > 0 and var n ? n.ToString(CultureInfo.InvariantCulture) : ""),
        ['p'] = ("PID", true, i => i.State?.Pid is > 0 and var p ? p.ToString(CultureInfo.InvariantCulture) : ""),
        ['P'] = ("PROFILES", false, i => string.Join('\n', i.Profiles)),
        ['s'] = ("STATE", false, i => i.Status.ToUpperInvariant()),
        ['S'] = ("SNAPSHOTS", true, i => i.Snapshots.Count.ToString(CultureInfo.InvariantCulture)),
        ['t'] = ("TYPE", false, i => i.Ephemeral ? $"{i.Type.ToUpperInvariant()} (EPHEMERAL)" : i.Type.ToUpperInvariant()),
        ['u'] = ("CPU USAGE", true, i => i.State?.Cpu.Usage is > 0 and var u ? (u / 1_000_000_000).ToString(CultureInfo.InvariantCulture) + "s" : ""),
        ['U'] = ("STARTED AT", true, i => ""),
    };

    public static Command Make() => new("list", "[<remote>:] [<filter>...]", "List instances", RunAsync)
    {
        Aliases = ["ls"],
        Flags =
        [
            new("--all-projects", Help: "Of all projects"), new("--columns", "-c", "letters", "Columns"), new("--fast", Help: "Columns that cost nothing: nsacPt"), new("--format", "-f", "format", "table, compact, csv, json or yaml"),
        ],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (remote, filters) = Target(context, arguments.Rest);
        var allProjects = arguments.Has("--all-projects");
        var letters = arguments.Get("--columns", arguments.Has("--fast") ? Fast : (allProjects ? "e" : "") + Default);
        var columns = Parse(letters);
        var format = arguments.Get("--format", "table");
        var full = format is "json" or "yaml" || columns.Any(c => c.State);
        var query = "filter=" + Uri.EscapeDataString(ServerFilter(filters));
        var node = await context.Server(remote).GetAsync($"/1.0/instances?recursion={(full ? 2 : 1)}{(query.Length > 7 ? "&" + query : "")}{(allProjects ? "&all-projects=true" : "")}", context.Cancel).ConfigureAwait(false);
        var instances = Json.Parse<List<InstanceFull>>(node).Where(i => Matches(i, filters)).OrderBy(i => i.Project, StringComparer.Ordinal).ThenBy(i => i.Name, StringComparer.Ordinal).ToList();
        var raw = format is "json" or "yaml" ? new JsonArray([.. instances.Select(i => Json.Node(i))]) : null;
        await context.Out.WriteAsync(Table.Render(format, [.. columns.Select(c => c.Header)], instances.Select(i => (IReadOnlyList<string>)[.. columns.Select(c => c.Text(i))]), raw)).ConfigureAwait(false);
        return 0;
    }

    private static (string Remote, List<string> Filters) Target(Context context, List<string> words)
    {
        var remote = context.Config.Default;
        var filters = new List<string>();
        foreach (var word in words)
        {
            if (word.EndsWith(':') && !word.Contains('='))
            {
                remote = context.Config.Split(word).Remote;
            }
            else if (word.Contains(':') && !word.Contains('=') && context.Config.Remotes.ContainsKey(word[..word.IndexOf(':')]))
            {
                (remote, var name) = context.Config.Split(word);
                filters.Add(name);
            }
            else
            {
                filters.Add(word);
            }
        }

        return (remote, filters);
    }

    /// <summary>What the server can filter itself.</summary>
    private static string ServerFilter(List<string> filters) => string.Join(" and ", filters.Where(f => f.StartsWith("type=", StringComparison.Ordinal)).Select(f => $"type eq {f[5..]}"));

    private static bool Matches(InstanceFull instance, List<string> filters) => filters.All(f =>
    {
        var pair = f.Split('=', 2);
        if (pair.Length == 1)
        {
            return instance.Name.StartsWith(f, StringComparison.Ordinal) || Regex(f, instance.Name);
        }

        return pair[0] switch
        {
            "type" => instance.Type == pair[1],
            "status" or "state" => pair[1].Split(',').Any(s => s.Equals(instance.Status, StringComparison.OrdinalIgnoreCase)),
            "architecture" => pair[1].Split(',').Contains(instance.Architecture),
            "location" => pair[1].Split(',').Contains(instance.Location),
            "name" => Regex(pair[1], instance.Name),
            var key => instance.ExpandedConfig.Any(c => (c.Key == key || c.Key.StartsWith(key, StringComparison.Ordinal) && key.EndsWith('.')) && (c.Value == pair[1] || Regex(pair[1], c.Value))),
        };
    });

    private static bool Regex(string pattern, string text)
    {
        try
        {
            return System.Text.RegularExpressions.Regex.IsMatch(text, $"^{pattern}$", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Letters, and after a comma keys: <c>n,user.comment:NOTE:10,devices:eth0.hwaddr</c>.</summary>
    private static List<(string Header, bool State, Func<InstanceFull, string> Text)> Parse(string letters)
    {
        var columns = new List<(string, bool, Func<InstanceFull, string>)>();
        foreach (var part in letters.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Contains('.') || part.Contains(':'))
            {
                columns.Add(KeyColumn(part));
                continue;
            }

            foreach (var letter in part)
            {
                columns.Add(Columns.TryGetValue(letter, out var column) ? column : throw new ApiException(0, $"Unknown column shorthand char '{letter}' in '{letters}'"));
            }
        }

        return columns;
    }

    private static (string, bool, Func<InstanceFull, string>) KeyColumn(string text)
    {
        var kind = "config";
        foreach (var prefix in (string[])["config:", "devices:"])
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                kind = prefix[..^1];
                text = text[prefix.Length..];
            }
        }

        var parts = text.Split(':');
        var width = parts.Length > 2 && int.TryParse(parts[2], out var w) ? w : 0;
        var header = parts.Length > 1 && parts[1].Length > 0 ? parts[1] : parts[0].ToUpperInvariant();
        return (header, false, i =>
        {
            var value = kind == "config" ? i.ExpandedConfig.GetValueOrDefault(parts[0], "") : parts[0].Split('.', 2) is [var device, var key] ? i.ExpandedDevices.GetValueOrDefault(device)?.GetValueOrDefault(key) ?? "" : "";
            return width > 0 && value.Length > width ? value[..width] : value;
        });
    }

    private static string Image(InstanceFull i) => i.Config.GetValueOrDefault("volatile.base_image", "");

    private static string Day(DateTime time) => time.Year <= 1970 ? "" : time.ToString("yyyy/MM/dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Addresses(InstanceFull instance, string family) => string.Join('\n', (instance.State?.Network ?? [])
        .Where(n => n.Key != "lo")
        .SelectMany(n => n.Value.Addresses.Where(a => a.Family == family && a.Scope is "global").Select(a => $"{a.Address} ({n.Key})"))
        .OrderDescending(StringComparer.Ordinal));
}
