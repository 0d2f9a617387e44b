using System.Text.Json.Nodes;
using Lxc.Commands.Auth;
using Lxc.Framework;
using Lxc.Remotes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Completion;

/// <summary>The names an argument may have. A server is asked only where its things are meant.</summary>
/// <param name="path">The command whose argument it is; empty for the value of a flag.</param>
internal sealed class Candidates(Context context, string path, IReadOnlyList<string> arguments, string current, bool force)
{
    private readonly KeyCandidates _keys = new(context, path, arguments, current);

    public async Task<IEnumerable<string>> OfAsync(Hint hint) => hint switch
    {
        Hint.Remote => Remotes(false),
        Hint.ImageRemote => Remotes(true),
        Hint.ChangeableRemote => All.Where(r => !r.Value.Static).Select(r => r.Key),
        Hint.RemovableRemote => All.Where(r => !r.Value.Static && r.Key != context.Config.Default).Select(r => r.Key),
        Hint.OtherServer => All.Where(r => r.Value is { Protocol: "lxd", Public: false } && r.Key != context.Config.Default).Select(r => r.Key),
        Hint.Instance => await OnServerAsync(s => InstancesAsync(s, _ => true), Remotes(false)).ConfigureAwait(false),
        Hint.RunningInstance => await OnServerAsync(s => InstancesAsync(s, i => i.StatusCode is not (0 or 102)), Remotes(false)).ConfigureAwait(false),
        Hint.StoppedInstance => await OnServerAsync(s => InstancesAsync(s, i => i.StatusCode is 0 or 102 or 110), Remotes(false)).ConfigureAwait(false),
        Hint.DeletableInstance => await OnServerAsync(s => InstancesAsync(s, i => force || i.StatusCode is 0 or 102), Remotes(false)).ConfigureAwait(false),
        Hint.InstanceOrSnapshot => await OnServerAsync(s => current.Contains('/') ? SnapshotsAsync(s) : InstancesAsync(s, _ => true), Remotes(false)).ConfigureAwait(false),
        Hint.SnapshotOf => await SnapshotsOfAsync().ConfigureAwait(false),
        Hint.InstancePath => await PathsAsync().ConfigureAwait(false),
        Hint.InstancePathOrFile => (await PathsAsync().ConfigureAwait(false)).Concat(Files()),
        Hint.InstanceOrKey => await OnServerAsync(s => InstancesAsync(s, _ => true), Remotes(false).Concat(await _keys.OfServerAsync("").ConfigureAwait(false))).ConfigureAwait(false),
        Hint.InstanceOrKeyValue => await OnServerAsync(s => InstancesAsync(s, _ => true), Remotes(false).Concat(await _keys.OfServerAsync("=").ConfigureAwait(false))).ConfigureAwait(false),
        Hint.InstanceOrSetKey => await OnServerAsync(s => InstancesAsync(s, _ => true), Remotes(false).Concat(await _keys.SetAsync().ConfigureAwait(false))).ConfigureAwait(false),
        Hint.Key => await _keys.OfThingAsync("").ConfigureAwait(false),
        Hint.KeyValue => await _keys.OfThingAsync("=").ConfigureAwait(false),
        Hint.SetKey => await _keys.SetAsync().ConfigureAwait(false),
        Hint.DeviceKey => await _keys.OfNewDeviceAsync().ConfigureAwait(false),
        Hint.BackupFile => Files().Where(f => f.EndsWith('/') || Archives.Any(f.EndsWith)).Concat(arguments.Count == 0 ? Remotes(false) : []),
        Hint.Image => await OnServerAsync(ImagesAsync, Remotes(true)).ConfigureAwait(false),
        Hint.OwnImage => await OnServerAsync(ImagesAsync, Remotes(false)).ConfigureAwait(false),
        Hint.ImageAlias => await OnServerAsync(s => LastWordsAsync(s, "/1.0/images/aliases"), Remotes(false)).ConfigureAwait(false),
        Hint.Fingerprint => await OnServerAsync(s => LastWordsAsync(s, "/1.0/images"), []).ConfigureAwait(false),
        Hint.Profile => await OnServerAsync(s => LastWordsAsync(s, "/1.0/profiles"), arguments.Count == 0 ? Remotes(false) : []).ConfigureAwait(false),
        Hint.Project => await OnServerAsync(s => LastWordsAsync(s, "/1.0/projects"), Remotes(false)).ConfigureAwait(false),
        Hint.Network => await OnServerAsync(s => LastWordsAsync(s, "/1.0/networks"), Remotes(false)).ConfigureAwait(false),
        Hint.Pool => await OnServerAsync(s => LastWordsAsync(s, "/1.0/storage-pools"), Remotes(false)).ConfigureAwait(false),
        Hint.Volume => await VolumesAsync().ConfigureAwait(false),
        Hint.Warning => await OnServerAsync(s => LastWordsAsync(s, "/1.0/warnings"), Remotes(false)).ConfigureAwait(false),
        Hint.Certificate => await OnServerAsync(s => LastWordsAsync(s, "/1.0/certificates"), Remotes(false)).ConfigureAwait(false),
        Hint.AuthGroup => await OnServerAsync(s => LastWordsAsync(s, "/1.0/auth/groups"), Remotes(false)).ConfigureAwait(false),
        Hint.ProviderGroup => await OnServerAsync(s => LastWordsAsync(s, "/1.0/auth/identity-provider-groups"), Remotes(false)).ConfigureAwait(false),
        Hint.Identity => await OnServerAsync(async s => (await s.GetAsync<List<Identity>>("/1.0/auth/identities?recursion=1", context.Cancel).ConfigureAwait(false)).Select(i => $"{i.AuthenticationMethod}/{i.Id}"), Remotes(false)).ConfigureAwait(false),
        Hint.EntityType => GroupPermissions.EntityTypes,
        Hint.Device => await DevicesAsync().ConfigureAwait(false),
        Hint.DeviceType => ["disk", "gpu", "infiniband", "nic", "pci", "proxy", "tpm", "unix-block", "unix-char", "unix-hotplug", "usb"],
        Hint.Alias => context.Config.Aliases.Keys,
        Hint.Command => Registry.All.Where(c => c.Rarity != Rarity.Hidden).Select(c => c.Path.Split(' ')[0]),
        _ => [],
    };

    private static readonly string[] Archives = [".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tar.zst", ".tar.lzma", ".squashfs"];

    private IEnumerable<KeyValuePair<string, Remote>> All => context.Config.Remotes;

    /// <summary>Remotes with their colon, without the default one: nobody has to write it.</summary>
    private IEnumerable<string> Remotes(bool images) => current.Contains(':') ? [] : All.Where(r => r.Key != context.Config.Default && (images || r.Value is { Protocol: "lxd", Public: false })).Select(r => r.Key + ":");

    /// <summary>Things of the server that the word names, or of the default one, and remotes besides.</summary>
    private async Task<IEnumerable<string>> OnServerAsync(Func<LxdConnection, Task<IEnumerable<string>>> list, IEnumerable<string> besides)
    {
        var colon = current.IndexOf(':');
        var remote = colon > 0 ? current[..colon] : context.Config.Default;
        if (!context.Config.Remotes.TryGetValue(remote, out var known) || known.Protocol != "lxd")
        {
            return besides;
        }

        try
        {
            return (await list(context.Server(remote)).ConfigureAwait(false)).Select(n => colon > 0 ? $"{remote}:{n}" : n).Concat(besides);
        }
        catch (ApiException)
        {
            return besides;
        }
    }

    private async Task<IEnumerable<string>> InstancesAsync(LxdConnection server, Func<Instance, bool> wanted) => (await server.GetAsync<List<Instance>>("/1.0/instances?recursion=1", context.Cancel).ConfigureAwait(false)).Where(wanted).Select(i => i.Name);

    private async Task<IEnumerable<string>> SnapshotsAsync(LxdConnection server)
    {
        var instance = current[(current.IndexOf(':') + 1)..current.IndexOf('/')];
        return (await LastWordsAsync(server, $"/1.0/instances/{Uri.EscapeDataString(instance)}/snapshots").ConfigureAwait(false)).Select(s => $"{instance}/{s}");
    }

    private async Task<IEnumerable<string>> SnapshotsOfAsync()
    {
        var (server, name) = context.Resolve(arguments[0]);
        return await LastWordsAsync(server, $"/1.0/instances/{Uri.EscapeDataString(name)}/snapshots").ConfigureAwait(false);
    }

    private async Task<IEnumerable<string>> PathsAsync() => current.Contains('/') ? [] : (await OnServerAsync(s => InstancesAsync(s, _ => true), Remotes(false)).ConfigureAwait(false)).Select(n => n.EndsWith(':') ? n : n + "/");

    private IEnumerable<string> Files()
    {
        var directory = Path.GetDirectoryName(current) is { Length: > 0 } given ? given : ".";
        return Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFileSystemInfos().Select(f => (directory == "." && !current.StartsWith("./", StringComparison.Ordinal) ? "" : directory.TrimEnd('/') + "/") + f.Name + (f is DirectoryInfo ? "/" : "")) : [];
    }

    private async Task<IEnumerable<string>> ImagesAsync(LxdConnection server) => (await server.GetAsync<List<Image>>("/1.0/images?recursion=1", context.Cancel).ConfigureAwait(false)).SelectMany(i => i.Aliases.Count > 0 ? i.Aliases.Select(a => a.Name) : [i.Fingerprint[..12]]);

    private async Task<IEnumerable<string>> VolumesAsync()
    {
        var (server, pool) = context.Resolve(arguments[0]);
        return (await server.GetAsync<List<StorageVolume>>($"/1.0/storage-pools/{Uri.EscapeDataString(pool)}/volumes?recursion=1", context.Cancel).ConfigureAwait(false)).Select(v => v.Type == "custom" ? v.Name : $"{v.Type}/{v.Name}");
    }

    private async Task<IEnumerable<string>> DevicesAsync()
    {
        var (server, name) = context.Resolve(arguments[0]);
        foreach (var url in (string[])[$"/1.0/instances/{Uri.EscapeDataString(name)}", $"/1.0/profiles/{Uri.EscapeDataString(name)}"])
        {
            try
            {
                return (await server.GetAsync(url, context.Cancel).ConfigureAwait(false))?["devices"] is JsonObject devices ? devices.Select(d => d.Key) : [];
            }
            catch (ApiException e) when (e.Status == 404)
            {
                // The other kind of owner.
            }
        }

        return [];
    }

    private async Task<IEnumerable<string>> LastWordsAsync(LxdConnection server, string url) => (await server.GetAsync<List<string>>(url, context.Cancel).ConfigureAwait(false)).Select(LastWord);

    /// <summary>The name at the end of a URL.</summary>
    public static string LastWord(string url) => Uri.UnescapeDataString(url.Split('?')[0].Split('/')[^1]);
}
