using System.Globalization;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Linux.IdMaps;

/// <summary>The ids of a user namespace. No entries: none, ids inside are ids of the host (a privileged container).</summary>
public sealed class IdMap(params IEnumerable<IdMapEntry> entries)
{
    public static IdMap Empty { get; } = new();

    public IReadOnlyList<IdMapEntry> Entries { get; } = [.. entries];

    public bool IsEmpty => Entries.Count == 0;

    /// <summary>The host's id of a user inside, or null where it is not mapped.</summary>
    public uint? HostUid(long inner) => Find(inner, e => e.Users);

    public uint? HostGid(long inner) => Find(inner, e => e.Groups);

    /// <summary>The id inside of a user of the host, or null.</summary>
    public uint? InnerUid(long host) => FindBack(host, e => e.Users);

    public uint? InnerGid(long host) => FindBack(host, e => e.Groups);

    /// <summary>The form of <c>volatile.idmap.*</c> and <c>volatile.last_state.idmap</c>.</summary>
    public string ToJson() => new JsonArray([.. Entries.Select(e => (JsonNode)new JsonObject
    {
        ["Isuid"] = e.Users, ["Isgid"] = e.Groups, ["Hostid"] = e.HostId, ["Nsid"] = e.InnerId, ["Maprange"] = e.Count,
    })]).ToJsonString();

    public static IdMap FromJson(string json)
    {
        if (json.Length == 0)
        {
            return Empty;
        }

        try
        {
            return new IdMap(JsonNode.Parse(json) is JsonArray list
                ? list.Select(e => new IdMapEntry((bool)e!["Isuid"]!, (bool)e["Isgid"]!, (long)e["Hostid"]!, (long)e["Nsid"]!, (long)e["Maprange"]!))
                : []);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw ApiException.BadRequest($"Invalid idmap: {json}", e);
        }
    }

    /// <summary>This map with ranges of <c>raw.idmap</c> laid over it: lines of <c>uid|gid|both HOST INNER</c>, ids or ranges <c>A-B</c>.</summary>
    public IdMap With(string raw)
    {
        var result = Entries.ToList();
        foreach (var line in raw.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 3 || parts[0] is not ("uid" or "gid" or "both"))
            {
                throw ApiException.BadRequest($"Invalid raw.idmap line \"{line}\"");
            }

            var (host, count) = Range(parts[1], line);
            var (inner, innerCount) = Range(parts[2], line);
            if (count != innerCount)
            {
                throw ApiException.BadRequest($"The ID ranges of raw.idmap line \"{line}\" differ in size");
            }

            var added = new IdMapEntry(parts[0] != "gid", parts[0] != "uid", host, inner, count);
            Punch(result, added);
            if (result.Exists(e => e != added && e.HostId < host + count && host < e.HostId + e.Count && (e.Users && added.Users || e.Groups && added.Groups)))
            {
                throw ApiException.BadRequest($"Invalid raw.idmap line \"{line}\": The host ids are mapped already");
            }
        }

        return new IdMap(result);
    }

    /// <summary>Cuts the range out of what maps these inner ids now, then adds it.</summary>
    private static void Punch(List<IdMapEntry> entries, IdMapEntry added)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            var e = entries[i];
            var overlap = e.InnerId < added.InnerId + added.Count && added.InnerId < e.InnerId + e.Count && (e.Users && added.Users || e.Groups && added.Groups);
            if (!overlap)
            {
                continue;
            }

            entries.RemoveAt(i);
            var users = e.Users && !added.Users;
            var groups = e.Groups && !added.Groups;
            if (users || groups)
            {
                entries.Add(e with { Users = users, Groups = groups });
            }

            var before = added.InnerId - e.InnerId;
            if (before > 0)
            {
                entries.Add(e with { Users = e.Users && added.Users, Groups = e.Groups && added.Groups, Count = before });
            }

            var after = e.InnerId + e.Count - (added.InnerId + added.Count);
            if (after > 0)
            {
                entries.Add(e with { Users = e.Users && added.Users, Groups = e.Groups && added.Groups, HostId = e.HostId + e.Count - after, InnerId = e.InnerId + e.Count - after, Count = after });
            }
        }

        entries.Add(added);
    }

    private static (long Start, long Count) Range(string text, string line)
    {
        var dash = text.IndexOf('-');
        var ok = long.TryParse(dash < 0 ? text : text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var start);
        var end = start;
        ok = ok && (dash < 0 || long.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out end));
        return ok && end >= start ? (start, end - start + 1) : throw ApiException.BadRequest($"Invalid raw.idmap line \"{line}\"");
    }

    private uint? Find(long inner, Func<IdMapEntry, bool> kind)
    {
        foreach (var e in Entries)
        {
            if (kind(e) && inner >= e.InnerId && inner < e.InnerId + e.Count)
            {
                return (uint)(e.HostId + inner - e.InnerId);
            }
        }

        return IsEmpty ? (uint)inner : null;
    }

    private uint? FindBack(long host, Func<IdMapEntry, bool> kind)
    {
        foreach (var e in Entries)
        {
            if (kind(e) && host >= e.HostId && host < e.HostId + e.Count)
            {
                return (uint)(e.InnerId + host - e.HostId);
            }
        }

        return IsEmpty ? (uint)host : null;
    }
}
