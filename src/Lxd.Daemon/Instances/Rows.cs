using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Instances;

/// <summary>Tables of keys and values and of devices that hang on an owner's id, read and written in bulk.</summary>
internal static class Rows
{
    /// <summary>Rows of one INSERT: three parameters each, and dqlite takes 255.</summary>
    private const int Chunk = 80;

    /// <summary>Columns: owner, key, value.</summary>
    public static async ValueTask<Dictionary<long, Dictionary<string, string>>> ConfigAsync(ITx tx, string sql, params object?[] args)
    {
        var result = new Dictionary<long, Dictionary<string, string>>();
        foreach (var (owner, key, value) in await tx.QueryAsync(sql, r => (r.Long(0), r.Text(1), r.Text(2)), args).ConfigureAwait(false))
        {
            if (!result.TryGetValue(owner, out var config))
            {
                result[owner] = config = new(StringComparer.Ordinal);
            }

            config[key] = value;
        }

        return result;
    }

    /// <summary>Columns: owner, device, type, key, value; a device without keys has one row of nulls.</summary>
    public static async ValueTask<Dictionary<long, Dictionary<string, Dictionary<string, string>>>> DevicesAsync(ITx tx, string sql, params object?[] args)
    {
        var result = new Dictionary<long, Dictionary<string, Dictionary<string, string>>>();
        foreach (var (owner, name, type, key, value) in await tx.QueryAsync(sql, r => (r.Long(0), r.Text(1), r.Long(2), r.Text(3), r.Text(4)), args).ConfigureAwait(false))
        {
            if (!result.TryGetValue(owner, out var devices))
            {
                result[owner] = devices = new(StringComparer.Ordinal);
            }

            if (!devices.TryGetValue(name, out var device))
            {
                devices[name] = device = new(StringComparer.Ordinal) { ["type"] = DatabaseCodes.Device(type) };
            }

            if (key.Length > 0)
            {
                device[key] = value;
            }
        }

        return result;
    }

    /// <summary>Writes the keys of one owner; empty values are left out.</summary>
    public static async ValueTask InsertConfigAsync(ITx tx, string table, string ownerColumn, long owner, IReadOnlyDictionary<string, string> config)
    {
        foreach (var chunk in config.Where(c => c.Value.Length > 0).Chunk(Chunk))
        {
            var values = string.Join(", ", chunk.Select(_ => "(?, ?, ?)"));
            await tx.ExecAsync($"INSERT INTO {table} ({ownerColumn}, key, value) VALUES {values}", [.. chunk.SelectMany(c => new object?[] { owner, c.Key, c.Value })]).ConfigureAwait(false);
        }
    }

    public static async ValueTask InsertDevicesAsync(ITx tx, string table, string ownerColumn, string deviceColumn, long owner, IReadOnlyDictionary<string, Dictionary<string, string>> devices)
    {
        foreach (var (name, device) in devices)
        {
            var inserted = await tx.ExecAsync($"INSERT INTO {table} ({ownerColumn}, name, type) VALUES (?, ?, ?)", owner, name, (long)DatabaseCodes.Device(device.GetValueOrDefault("type", ""))).ConfigureAwait(false);
            await InsertConfigAsync(tx, table + "_config", deviceColumn, inserted.LastId, device.Where(d => d.Key != "type").ToDictionary()).ConfigureAwait(false);
        }
    }
}
