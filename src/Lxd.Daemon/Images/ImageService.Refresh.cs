using System.Diagnostics;
using Lxd.Core;
using Lxd.Core.Api;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Images;

/// <summary>Images kept up to date, and images that go when their time has come.</summary>
internal sealed partial class ImageService
{
    /// <summary>Timestamps of the monotonic clock.</summary>
    private readonly Dictionary<string, long> _updated = [];

    /// <summary>Looks for a newer image under the alias it came by and puts it in its place; returns whether there was one.</summary>
    public async Task<bool> RefreshAsync(ImageRecord image, OperationRequestor? requestor, Action<string> progress, CancellationToken ct)
    {
        if (image.Source is not { Alias.Length: > 0 } source)
        {
            return false;
        }

        var from = new ImagesPostSource { Type = "image", Mode = "pull", Server = source.Server, Protocol = source.Protocol, Certificate = source.Certificate, Alias = source.Alias };
        var offer = await FindAsync(image.Project, from, image.Type, true, ct).ConfigureAwait(false);
        if (offer.Image.Fingerprint == image.Fingerprint)
        {
            return false;
        }

        var wanted = Wanted(image.Project, from, offer) with { AutoUpdate = image.AutoUpdate, Public = image.Public, Cached = image.Cached, Profiles = image.Profiles, LastUsedAt = image.LastUsedAt };
        var next = await FetchAsync(offer, wanted, progress, ct).ConfigureAwait(false);
        await BeforeReplace(image.Fingerprint, next.Fingerprint, ct).ConfigureAwait(false);
        using (await _locks.TakeAsync(image.Fingerprint, ct).ConfigureAwait(false))
        {
            await store.ReplaceAsync(image, next.Id, ct).ConfigureAwait(false);
            await DropFilesAsync(image, CancellationToken.None).ConfigureAwait(false);
        }

        _events.Lifecycle("image-refreshed", image.Project, image.Url, requestor, name: image.Fingerprint);
        return true;
    }

    /// <summary>Time until the next look for newer images: that of the most impatient project; zero when no project wants any.</summary>
    public async Task<TimeSpan> NextUpdateAsync(CancellationToken ct)
    {
        var all = new List<TimeSpan>();
        foreach (var project in await _projects.ListAsync(ct).ConfigureAwait(false))
        {
            all.Add(await Settings.UpdateIntervalAsync(project.Name, ct).ConfigureAwait(false));
        }

        return all.Where(i => i > TimeSpan.Zero).DefaultIfEmpty(TimeSpan.Zero).Min();
    }

    /// <summary>One round of the automatic updates, for the projects whose time has come.</summary>
    public async Task UpdateAllAsync(CancellationToken ct)
    {
        foreach (var project in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(i => i.AutoUpdate && i.Source is { Alias.Length: > 0 }).GroupBy(i => i.Project))
        {
            var interval = await Settings.UpdateIntervalAsync(project.Key, ct).ConfigureAwait(false);
            if (interval == TimeSpan.Zero || (_updated.TryGetValue(project.Key, out var last) && Stopwatch.GetElapsedTime(last) < interval - TimeSpan.FromMinutes(1)))
            {
                continue;
            }

            _updated[project.Key] = Stopwatch.GetTimestamp();
            foreach (var image in project)
            {
                await TryRefreshAsync(image, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Cached images that were not used for long, or are past their date, go.</summary>
    public async Task PruneAsync(CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        foreach (var image in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(i => i.Cached))
        {
            var longest = await Settings.CacheExpiryAsync(image.Project, ct).ConfigureAwait(false);
            var used = image.LastUsedAt != default ? image.LastUsedAt : image.UploadedAt;
            if ((longest > TimeSpan.Zero && used + longest < now) || (image.ExpiresAt != default && image.ExpiresAt < now))
            {
                await DeleteAsync(image, null, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Nobody misses the cached images of a project that goes.</summary>
    public async Task DropCachedAsync(string project, CancellationToken ct)
    {
        foreach (var image in (await store.ListAsync(project, ct).ConfigureAwait(false)).Where(i => i.Cached))
        {
            await DeleteAsync(image, null, ct).ConfigureAwait(false);
        }
    }

    private async Task TryRefreshAsync(ImageRecord image, CancellationToken ct)
    {
        try
        {
            await RefreshAsync(image, null, _ => { }, ct).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            // A server that is away today is asked again at the next round.
            with.Log.UpdateFailed(image.Fingerprint, image.Project, e.Message);
        }
    }
}
