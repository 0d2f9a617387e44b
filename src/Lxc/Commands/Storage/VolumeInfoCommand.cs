using System.Text;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Storage;

/// <summary><c>storage volume info</c>.</summary>
internal static class VolumeInfoCommand
{
    public static Command Make() => new("storage volume info", "[<remote>:]<pool> [<type>/]<volume>", "Show the state of storage volumes", RunAsync)
    {
        Flags = [Flags.Target], Count = (2, 2), Hints = [Hint.Pool, Hint.Volume],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var target = VolumeFinder.Find(context, arguments);
        if (target.Shape == Shape.VolumeSnapshot)
        {
            throw new ApiException(0, "Snapshots have no state of their own");
        }

        var (server, ct) = (target.Server, context.Cancel);
        var volume = await server.GetAsync<StorageVolume>(target.FullUrl, ct).ConfigureAwait(false);
        var text = new StringBuilder($"Name: {volume.Name}\n");
        Row(text, "Description", volume.Description);
        text.Append($"Type: {volume.Type}\nContent type: {volume.ContentType}\n");
        Row(text, "Location", volume.Location is "none" ? "" : volume.Location);
        if (await StateAsync(target, ct).ConfigureAwait(false) is { } state)
        {
            Row(text, "Usage", state.Usage.Used > 0 ? Units.FormatBytes((long)state.Usage.Used) : "");
            Row(text, "Total", state.Usage.Total > 0 ? Units.FormatBytes(state.Usage.Total) : "");
        }

        Row(text, "Created", Times.Short(volume.CreatedAt));
        await SnapshotsAsync(target, text, ct).ConfigureAwait(false);
        await BackupsAsync(target, text, ct).ConfigureAwait(false);
        await context.Out.WriteAsync(text.ToString()).ConfigureAwait(false);
        return 0;
    }

    private static void Row(StringBuilder text, string what, string value) => text.Append(value.Length > 0 ? $"{what}: {value}\n" : "");

    private static string Below(Target target, string what) => $"{target.Url}/{what}?recursion=1{(target.Query.Length > 0 ? "&" + target.Query : "")}";

    private static async Task<StorageVolumeState?> StateAsync(Target target, CancellationToken ct)
    {
        try
        {
            return await target.Server.GetAsync<StorageVolumeState>($"{target.Url}/state{(target.Query.Length > 0 ? "?" + target.Query : "")}", ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status != 404)
        {
            // Not every kind of pool can tell.
            return null;
        }
    }

    private static async Task SnapshotsAsync(Target target, StringBuilder text, CancellationToken ct)
    {
        var snapshots = await target.Server.GetAsync<List<StorageVolumeSnapshot>>(Below(target, "snapshots"), ct).ConfigureAwait(false);
        if (snapshots.Count > 0)
        {
            text.Append("\nSnapshots:\n").Append(Table.Render("table", ["NAME", "DESCRIPTION", "TAKEN AT", "EXPIRES AT"], snapshots.OrderBy(s => s.CreatedAt).Select(s => (IReadOnlyList<string>)[s.Name.Split('/')[^1], s.Description, Times.Short(s.CreatedAt), Times.Short(s.ExpiresAt.Utc)]), null));
        }
    }

    private static async Task BackupsAsync(Target target, StringBuilder text, CancellationToken ct)
    {
        if (!target.Url.Contains("/volumes/custom/", StringComparison.Ordinal))
        {
            return;
        }

        List<StoragePoolVolumeBackup> backups;
        try
        {
            backups = await target.Server.GetAsync<List<StoragePoolVolumeBackup>>(Below(target, "backups"), ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status is 404 or 501)
        {
            return;
        }

        if (backups.Count > 0)
        {
            text.Append("\nBackups:\n").Append(Table.Render("table", ["NAME", "TAKEN AT", "EXPIRES AT", "VOLUME ONLY", "OPTIMIZED STORAGE"], backups.OrderBy(b => b.CreatedAt).Select(b => (IReadOnlyList<string>)[b.Name.Split('/')[^1], Times.Short(b.CreatedAt), Times.Short(b.ExpiresAt), b.VolumeOnly ? "YES" : "NO", b.OptimizedStorage ? "YES" : "NO"]), null));
        }
    }
}
