using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Images;

/// <summary>All SQL of images; aliases are in <see cref="AliasStore"/>.</summary>
internal sealed class ImageStore(IDatabase database)
{
    private static readonly string[] Protocols = ["lxd", "direct", "simplestreams"];

    /// <summary>The images of a project, or of all for null.</summary>
    public Task<List<ImageRecord>> ListAsync(string? project, CancellationToken ct) => database.ReadAsync(tx => ReadAsync(tx, project, ""), ct);

    /// <summary>The images of a project, or of all for null, whose fingerprint begins so.</summary>
    public Task<List<ImageRecord>> FindAsync(string? project, string prefix, CancellationToken ct) => database.ReadAsync(tx => ReadAsync(tx, project, prefix), ct);

    /// <summary>Which project has which image.</summary>
    public Task<List<(string Project, string Fingerprint)>> OwnersAsync(CancellationToken ct) => database.ReadAsync(tx => tx.QueryAsync("SELECT projects.name, images.fingerprint FROM images JOIN projects ON projects.id = images.project_id", r => (r.Text(0), r.Text(1))), ct);

    /// <summary>Takes an image up: its rows, its aliases' rows are another call. A conflict where the project has it.</summary>
    public Task<long> AddAsync(ImageRecord image, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync(
                "INSERT INTO images (fingerprint, filename, size, public, architecture, creation_date, expiry_date, upload_date, cached, last_use_date, auto_update, project_id, type) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                image.Fingerprint, image.Filename, image.Size, image.Public, DatabaseCodes.Architecture(image.Architecture), Time(image.CreatedAt), Time(image.ExpiresAt), Time(DateTime.UtcNow), image.Cached, Time(image.LastUsedAt), image.AutoUpdate,
                await tx.ProjectIdAsync(image.Project).ConfigureAwait(false), image.Type == "virtual-machine" ? 1 : 0).ConfigureAwait(false)).LastId;
            await WritePartsAsync(tx, id, image.Project, image.Properties, image.Profiles).ConfigureAwait(false);
            if (image.Source is { } source)
            {
                await tx.ExecAsync("INSERT INTO images_source (image_id, server, protocol, certificate, alias) VALUES (?, ?, ?, ?, ?)", id, source.Server, Array.IndexOf(Protocols, source.Protocol), source.Certificate, source.Alias).ConfigureAwait(false);
            }

            return id;
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("Image with same fingerprint already exists");
        }
    }, ct);

    /// <param name="project">Where its profiles are looked up.</param>
    public Task UpdateAsync(ImageRecord image, ImagePut put, string project, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE images SET public = ?, auto_update = ?, expiry_date = ? WHERE id = ?", put.Public, put.AutoUpdate, Time(put.ExpiresAt), image.Id).ConfigureAwait(false);
        await WritePartsAsync(tx, image.Id, project, put.Properties, put.Profiles).ConfigureAwait(false);
    }, ct);

    /// <summary>Marks it as used now; <paramref name="keep"/> makes a cached image one that stays.</summary>
    public Task TouchAsync(ImageRecord image, bool keep, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE images SET last_use_date = ? WHERE id = ?", Time(DateTime.UtcNow), image.Id).ConfigureAwait(false);
        if (keep)
        {
            await tx.ExecAsync("UPDATE images SET cached = 0 WHERE id = ?", image.Id).ConfigureAwait(false);
        }
    }, ct);

    /// <summary>Moves the aliases of an image to the one that replaces it, and what users set on it.</summary>
    public Task ReplaceAsync(ImageRecord old, long next, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE images_aliases SET image_id = ? WHERE image_id = ?", next, old.Id).ConfigureAwait(false);
        await tx.ExecAsync("UPDATE images SET public = ?, cached = ?, auto_update = ?, last_use_date = ? WHERE id = ?", old.Public, old.Cached, old.AutoUpdate, Time(old.LastUsedAt), next).ConfigureAwait(false);
        await tx.ExecAsync("DELETE FROM images WHERE id = ?", old.Id).ConfigureAwait(false);
    }, ct);

    /// <summary>Removes the rows of an image.</summary>
    public Task DeleteAsync(ImageRecord image, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("DELETE FROM images WHERE id = ?", image.Id).ConfigureAwait(false);
    }, ct);

    private static async ValueTask<List<ImageRecord>> ReadAsync(ITx tx, string? project, string prefix)
    {
        // Everything that begins so lies between the prefix and the prefix with a character after all hexadecimal ones.
        var where = (project is null ? "" : " AND projects.name = ?") + (prefix.Length == 0 ? "" : " AND images.fingerprint >= ? AND images.fingerprint < ?");
        object?[] args = [.. project is null ? (object?[])[] : [project], .. prefix.Length == 0 ? (object?[])[] : [prefix, prefix + "g"]];
        var chosen = $"(SELECT images.id FROM images JOIN projects ON projects.id = images.project_id WHERE 1{where})";
        var properties = (await tx.QueryAsync($"SELECT image_id, key, value FROM images_properties WHERE image_id IN {chosen} ORDER BY key", r => (Id: r.Long(0), Key: r.Text(1), Value: r.Text(2)), args).ConfigureAwait(false)).ToLookup(p => p.Id);
        var aliases = (await tx.QueryAsync($"SELECT image_id, name, description FROM images_aliases WHERE image_id IN {chosen} ORDER BY name", r => (Id: r.Long(0), Alias: new ImageAlias { Name = r.Text(1), Description = r.Text(2) }), args).ConfigureAwait(false)).ToLookup(a => a.Id, a => a.Alias);
        var profiles = (await tx.QueryAsync($"SELECT images_profiles.image_id, profiles.name FROM images_profiles JOIN profiles ON profiles.id = images_profiles.profile_id WHERE image_id IN {chosen} ORDER BY images_profiles.rowid", r => (Id: r.Long(0), Name: r.Text(1)), args).ConfigureAwait(false)).ToLookup(p => p.Id, p => p.Name);
        var sources = (await tx.QueryAsync($"SELECT image_id, server, protocol, certificate, alias FROM images_source WHERE image_id IN {chosen}", r => (Id: r.Long(0), Source: new ImageSource { Server = r.Text(1), Protocol = Protocols[r.Long(2)], Certificate = r.Text(3), Alias = r.Text(4) }), args).ConfigureAwait(false)).ToDictionary(s => s.Id, s => s.Source);
        return await tx.QueryAsync(
            "SELECT images.id, projects.name, images.fingerprint, images.filename, images.size, images.public, images.architecture, images.creation_date, images.expiry_date, images.upload_date, images.last_use_date, images.cached, images.auto_update, images.type "
            + $"FROM images JOIN projects ON projects.id = images.project_id WHERE 1{where} ORDER BY projects.name, images.fingerprint",
            r => new ImageRecord(r.Long(0), r.Text(1), r.Text(2))
            {
                Filename = r.Text(3),
                Size = r.Long(4),
                Public = r.Long(5) != 0,
                Architecture = DatabaseCodes.Architecture(r.Long(6)),
                CreatedAt = r.Time(7),
                ExpiresAt = r.Time(8),
                UploadedAt = r.Time(9),
                LastUsedAt = r.Time(10),
                Cached = r.Long(11) != 0,
                AutoUpdate = r.Long(12) != 0,
                Type = r.Long(13) == 1 ? "virtual-machine" : "container",
                Properties = properties[r.Long(0)].ToDictionary(p => p.Key, p => p.Value),
                Aliases = [.. aliases[r.Long(0)]],
                Profiles = [.. profiles[r.Long(0)]],
                Source = sources.GetValueOrDefault(r.Long(0)) is { } s ? s with { ImageType = r.Long(13) == 1 ? "virtual-machine" : "container" } : null,
            }, args).ConfigureAwait(false);
    }

    private static async ValueTask WritePartsAsync(ITx tx, long id, string project, Dictionary<string, string> properties, List<string> profiles)
    {
        await tx.ExecAsync("DELETE FROM images_properties WHERE image_id = ?", id).ConfigureAwait(false);
        foreach (var (key, value) in properties)
        {
            await tx.ExecAsync("INSERT INTO images_properties (image_id, type, key, value) VALUES (?, 0, ?, ?)", id, key, value).ConfigureAwait(false);
        }

        await tx.ExecAsync("DELETE FROM images_profiles WHERE image_id = ?", id).ConfigureAwait(false);
        foreach (var profile in profiles)
        {
            var found = await tx.ScalarAsync("SELECT profiles.id FROM profiles JOIN projects ON projects.id = profiles.project_id WHERE profiles.name = ? AND projects.name = ?", profile, project).ConfigureAwait(false)
                ?? await tx.ScalarAsync("SELECT profiles.id FROM profiles JOIN projects ON projects.id = profiles.project_id WHERE profiles.name = ? AND projects.name = 'default'", profile).ConfigureAwait(false)
                ?? throw ApiException.NotFound($"Profile \"{profile}\" not found");
            await tx.ExecAsync("INSERT INTO images_profiles (image_id, profile_id) VALUES (?, ?)", id, found).ConfigureAwait(false);
        }
    }

    private static object? Time(DateTime time) => time == default ? null : GoTime.Format(time);
}
