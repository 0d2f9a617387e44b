using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Lxc.Commands.Instances;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary>Backups as files: <c>export</c> and <c>import</c>, of instances and of storage volumes.</summary>
internal static class BackupCommands
{
    private static readonly Flag[] ExportFlags =
    [
        new("--optimized-storage", Help: "In the storage driver's own form, which only a pool of that driver takes"),
        new("--compression", Value: "algorithm", Help: "Compress with this (none for not at all)"),
        new("--export-version", Value: "version", Help: "Describe it in this version of the format, for older servers"),
    ];

    public static IEnumerable<Command> All() =>
    [
        new("export", "[<remote>:]<instance> [target] [--instance-only] [--optimized-storage]", "Export instance backups", ExportInstanceAsync)
        {
            Flags = [new("--instance-only", Help: "Leave the snapshots out"), .. ExportFlags], Count = (1, 2), Hints = [Hint.Instance, Hint.File],
        },
        new("import", "[<remote>:] <backup file> [<instance name>]", "Import instance backups", ImportInstanceAsync)
        {
            Flags = [new("--storage", "-s", "pool", "Into this pool"), new("--device", "-d", "device,key=value", "Set a key of a device")], Count = (1, 3), Hints = [Hint.BackupFile, Hint.BackupFile, Hint.None],
        },
    ];

    public static IEnumerable<Command> OfVolumes() =>
    [
        new("storage volume export", "[<remote>:]<pool> <volume> [<path>]", "Export custom storage volumes", ExportVolumeAsync)
        {
            Flags = [new("--volume-only", Help: "Leave the snapshots out"), .. ExportFlags, new("--target", Value: "member", Help: "Cluster member")], Count = (2, 3), Hints = [Hint.Pool, Hint.Volume, Hint.File],
        },
        new("storage volume import", "[<remote>:]<pool> <import file> [<volume name>]", "Import storage volumes", ImportVolumeAsync)
        {
            Flags = [new("--target", Value: "member", Help: "Cluster member"), new("--type", Value: "type", Help: "What the file is: backup, iso or tar")], Count = (2, 3),
        },
    ];

    private static Task<int> ExportInstanceAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        if (name.Length == 0)
        {
            throw new UsageException("You must specify an instance name");
        }

        var body = Request(arguments);
        body["instance_only"] = arguments.Has("--instance-only");
        body["container_only"] = arguments.Has("--instance-only");
        return ExportAsync(context, server, InstanceCommands.PathOf(name), "", body, arguments.Rest.ElementAtOrDefault(1) ?? "", name);
    }

    private static Task<int> ExportVolumeAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var volume = arguments.Rest[1].Split('/')[^1];
        var body = Request(arguments);
        body["volume_only"] = arguments.Has("--volume-only");
        return ExportAsync(context, server, $"{Volumes(pool)}/custom/{Uri.EscapeDataString(volume)}", Target(arguments), body, arguments.Rest.ElementAtOrDefault(2) ?? "", "backup");
    }

    private static JsonObject Request(Arguments arguments)
    {
        var body = new JsonObject
        {
            ["name"] = "",
            // Should it be left behind, the server removes it tomorrow.
            ["expires_at"] = GoTime.Format(DateTime.UtcNow.AddDays(1)),
            ["optimized_storage"] = arguments.Has("--optimized-storage"),
            ["compression_algorithm"] = arguments.Get("--compression"),
        };
        if (arguments.Get("--export-version") is { Length: > 0 } text)
        {
            body["version"] = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : throw new UsageException($"Invalid export version \"{text}\"");
        }

        return body;
    }

    /// <summary>Has the server make a backup, fetches it and has it removed again, also when fetching failed.</summary>
    private static async Task<int> ExportAsync(Context context, LxdConnection server, string path, string query, JsonObject body, string file, string fallback)
    {
        var progress = context.Progress;
        var operation = await server.RunAsync("POST", path + "/backups" + query, body, progress.Of("Backing up"), context.Cancel).ConfigureAwait(false);
        progress.Done();
        var url = operation.Resources.GetValueOrDefault("backups")?.FirstOrDefault() ?? throw new ApiException(0, "The server did not tell the name of the backup");
        var backup = $"{path}/backups/{url.Split('?')[0].Split('/')[^1]}";
        try
        {
            await FetchAsync(context, server, backup + "/export" + query, file, fallback).ConfigureAwait(false);
        }
        finally
        {
            await server.RunAsync("DELETE", backup + query, null, null, CancellationToken.None).ConfigureAwait(false);
        }

        if (!context.Quiet && file != "-")
        {
            await context.Out.WriteLineAsync("Backup exported successfully!").ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task FetchAsync(Context context, LxdConnection server, string url, string file, string fallback)
    {
        using var response = await server.RawAsync("GET", url, null, context.Cancel).ConfigureAwait(false);
        await using var source = await response.Content.ReadAsStreamAsync(context.Cancel).ConfigureAwait(false);
        if (file == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await source.CopyToAsync(output, context.Cancel).ConfigureAwait(false);
            return;
        }

        var target = file.Length > 0 ? file : $".{fallback}-{Guid.NewGuid():N}";
        var progress = context.Progress;
        try
        {
            await using (var output = File.Create(target))
            {
                await Transfer.CopyAsync(source, output, response.Content.Headers.ContentLength ?? 0, progress, "Exporting the backup", context.Cancel).ConfigureAwait(false);
            }

            if (file.Length == 0)
            {
                File.Move(target, fallback + FileKinds.ExtensionOf(target), true);
            }
        }
        catch
        {
            File.Delete(target);
            throw;
        }

        progress.Done();
    }

    private static async Task<int> ImportInstanceAsync(Context context, Arguments arguments)
    {
        var words = arguments.Rest.ToList();
        var remote = context.Config.Default;
        if (words.Count > 1 && words[0].EndsWith(':') && context.Config.Remotes.ContainsKey(words[0][..^1]))
        {
            remote = words[0][..^1];
            words.RemoveAt(0);
        }

        if (words.Count > 2)
        {
            throw new UsageException("Invalid number of arguments");
        }

        var headers = new List<(string, string)>();
        Add(headers, "X-LXD-pool", arguments.Get("--storage"));
        Add(headers, "X-LXD-name", words.ElementAtOrDefault(1) ?? "");
        Add(headers, "X-LXD-devices", Devices(arguments));
        await UploadAsync(context, context.Server(remote), "/1.0/instances", words[0], headers, "Importing instance").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ImportVolumeAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var file = arguments.Rest[1];
        var name = arguments.Rest.ElementAtOrDefault(2) ?? "";
        var type = arguments.Get("--type") is { Length: > 0 } asked ? asked : file.EndsWith(".iso", StringComparison.OrdinalIgnoreCase) ? "iso" : "backup";
        if (type is not ("backup" or "iso" or "tar"))
        {
            throw new UsageException($"Import type needs to be \"backup\", \"iso\" or \"tar\"");
        }

        if (type != "backup" && name.Length == 0)
        {
            throw new ApiException(0, $"Importing {(type == "iso" ? "ISO images" : "tarballs")} requires a volume name to be set");
        }

        var headers = new List<(string, string)>();
        Add(headers, "X-LXD-name", name);
        Add(headers, "X-LXD-type", type == "backup" ? "" : type);
        await UploadAsync(context, server, $"{Volumes(pool)}/custom{Target(arguments)}", file, headers, "Importing custom volume").ConfigureAwait(false);
        return 0;
    }

    private static async Task UploadAsync(Context context, LxdConnection server, string path, string file, List<(string, string)> headers, string prefix)
    {
        await using var source = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        var progress = context.Progress;
        using var content = new Transfer(source, source.CanSeek ? source.Length : null, progress, prefix);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var answer = await server.SendAsync("POST", path, content, context.Cancel, "", [.. headers]).ConfigureAwait(false);
        await server.WaitAsync(answer, null, context.Cancel).ConfigureAwait(false);
        progress.Done();
    }

    /// <summary><c>device,key=value</c> flags as a query whose values are queries.</summary>
    private static string Devices(Arguments arguments)
    {
        var devices = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var text in arguments.All("--device"))
        {
            var parts = text.Split(',', 2);
            if (parts.Length < 2 || parts[1].Split('=', 2) is not [var key, var value])
            {
                throw new ApiException(0, $"Bad device override syntax, expecting <device>,<key>=<value>: {text}");
            }

            if (!devices.TryGetValue(parts[0], out var device))
            {
                devices[parts[0]] = device = new(StringComparer.Ordinal);
            }

            device[key] = value;
        }

        return Query(devices.Select(d => (d.Key, Query(d.Value.Select(p => (p.Key, p.Value))))));
    }

    private static string Query(IEnumerable<(string Key, string Value)> pairs) => string.Join('&', pairs.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));

    private static void Add(List<(string, string)> headers, string name, string value)
    {
        if (value.Length > 0)
        {
            headers.Add((name, value));
        }
    }

    private static string Volumes(string pool) => $"/1.0/storage-pools/{Uri.EscapeDataString(pool)}/volumes";

    private static string Target(Arguments arguments) => arguments.Get("--target") is { Length: > 0 } member ? "?target=" + Uri.EscapeDataString(member) : "";
}
