using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Images;

/// <summary>All SQL of image aliases.</summary>
internal sealed class AliasStore(IDatabase database)
{
    public Task<List<ImageAliasesEntry>> ListAsync(string project, CancellationToken ct) => database.ReadAsync(async tx => await tx.QueryAsync(
        "SELECT images_aliases.name, images_aliases.description, images.fingerprint, images.type FROM images_aliases JOIN images ON images.id = images_aliases.image_id JOIN projects ON projects.id = images_aliases.project_id WHERE projects.name = ? ORDER BY images_aliases.name",
        r => new ImageAliasesEntry { Name = r.Text(0), Description = r.Text(1), Target = r.Text(2), Type = r.Long(3) == 1 ? "virtual-machine" : "container" }, project).ConfigureAwait(false), ct);

    public async Task<ImageAliasesEntry> GetAsync(string project, string name, CancellationToken ct) =>
        (await ListAsync(project, ct).ConfigureAwait(false)).Find(a => a.Name == name) ?? throw ApiException.NotFound("Image alias not found");

    public Task AddAsync(string project, string name, string description, string fingerprint, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("INSERT INTO images_aliases (name, description, image_id, project_id) VALUES (?, ?, ?, ?)", name, description, await ImageAsync(tx, project, fingerprint).ConfigureAwait(false), await tx.ProjectIdAsync(project).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Alias \"{name}\" already exists");
        }
    }, ct);

    public Task UpdateAsync(string project, string name, string description, string fingerprint, CancellationToken ct) => database.WriteAsync(async tx =>
        await tx.ExecAsync("UPDATE images_aliases SET description = ?, image_id = ? WHERE name = ? AND project_id = ?", description, await ImageAsync(tx, project, fingerprint).ConfigureAwait(false), name, await tx.ProjectIdAsync(project).ConfigureAwait(false)).ConfigureAwait(false), ct);

    public Task RenameAsync(string project, string name, string next, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE images_aliases SET name = ? WHERE name = ? AND project_id = ?", next, name, await tx.ProjectIdAsync(project).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Alias \"{next}\" already exists");
        }
    }, ct);

    public Task DeleteAsync(string project, string name, CancellationToken ct) => database.WriteAsync(async tx =>
        await tx.ExecAsync("DELETE FROM images_aliases WHERE name = ? AND project_id = ?", name, await tx.ProjectIdAsync(project).ConfigureAwait(false)).ConfigureAwait(false), ct);

    private static async ValueTask<long> ImageAsync(ITx tx, string project, string fingerprint) =>
        await tx.ScalarAsync("SELECT images.id FROM images JOIN projects ON projects.id = images.project_id WHERE projects.name = ? AND images.fingerprint = ?", project, fingerprint).ConfigureAwait(false) ?? throw ApiException.NotFound("Image not found");
}
