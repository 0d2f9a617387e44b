using Lxd.Linux.IdMaps;
using Lxd.Storage;

namespace Lxd.Daemon.Transfers;

/// <summary>How the content goes over the wire; the numbers are those of the protocol.</summary>
internal enum Transport
{
    Rsync = 0,
    Btrfs = 1,

    /// <summary>A disk's bytes as they are.</summary>
    Block = 4,
}

/// <summary>What both ends begin with: the source tells what it has, the target answers what it wants of it and how.</summary>
internal sealed record MigrationHeader
{
    /// <summary>The version of the description that goes before the content; 0 for none.</summary>
    public const int Index = 1;

    public long Kind { get; init; }
    public IReadOnlyList<IdMapEntry> IdMap { get; init; } = [];
    public IReadOnlyList<MigrationSnapshot> Snapshots { get; init; } = [];
    public RsyncFeatures Rsync { get; init; } = new(false, false, false, false);

    /// <summary>Whether what is there already is to be brought up to date; null in what a source says.</summary>
    public bool? Refresh { get; init; }

    /// <summary>Whether streams of btrfs go with a description that tells the UUID of each subvolume.</summary>
    public bool Subvolumes { get; init; }
    public long IndexVersion { get; init; }

    /// <summary>How a volume goes between any two servers.</summary>
    public static Transport Plain(VolumeRef volume) => volume.Content == ContentType.Filesystem ? Transport.Rsync : Transport.Block;

    public byte[] ToBytes()
    {
        var writer = new ProtoWriter().Number(1, Kind);
        foreach (var entry in IdMap)
        {
            writer.Message(3, new ProtoWriter().Flag(1, entry.Users).Flag(2, entry.Groups).Number(3, entry.HostId).Number(4, entry.InnerId).Number(5, entry.Count));
        }

        foreach (var snapshot in Snapshots)
        {
            writer.Text(4, snapshot.Name);
        }

        foreach (var snapshot in Snapshots)
        {
            writer.Message(5, snapshot.Write());
        }

        writer.Flag(7, false).Message(8, new ProtoWriter().Flag(1, Rsync.Xattrs).Flag(2, Rsync.Delete).Flag(3, Rsync.Compress).Flag(4, Rsync.Bidirectional));
        if (Refresh is { } refresh)
        {
            writer.Flag(9, refresh);
        }

        if (Subvolumes)
        {
            writer.Message(12, new ProtoWriter().Flag(1, true).Flag(2, true).Flag(3, true));
        }

        return writer.Number(13, IndexVersion).ToArray();
    }

    public static MigrationHeader Parse(ReadOnlyMemory<byte> message)
    {
        var fields = Proto.Read(message).ToLookup(f => f.Id);
        var snapshots = fields[5].Select(f => MigrationSnapshot.Read(f.Fields)).ToList();
        var rsync = fields[8].SelectMany(f => f.Fields).Where(f => f.Flag).Select(f => f.Id).ToHashSet();
        return new MigrationHeader
        {
            Kind = fields[1].LastOrDefault().Number,
            IdMap = [.. fields[3].Select(f => Entry(f.Fields))],
            Snapshots = snapshots.Count > 0 ? snapshots : [.. fields[4].Select(f => new MigrationSnapshot(f.Text))],
            Rsync = new(rsync.Contains(1), rsync.Contains(2), rsync.Contains(3), rsync.Contains(4)),
            Refresh = fields[9].LastOrDefault().Flag,
            Subvolumes = fields[12].SelectMany(f => f.Fields).Count(f => f.Id is 1 or 2 or 3 && f.Flag) == 3,
            IndexVersion = fields[13].LastOrDefault().Number,
        };
    }

    private static IdMapEntry Entry(IEnumerable<ProtoField> fields)
    {
        var numbers = fields.ToLookup(f => f.Id, f => f.Number);
        return new IdMapEntry(numbers[1].LastOrDefault() != 0, numbers[2].LastOrDefault() != 0, numbers[3].LastOrDefault(), numbers[4].LastOrDefault(), numbers[5].LastOrDefault());
    }
}

/// <summary>What rsync is asked to do; both sides have to say the same.</summary>
internal sealed record RsyncFeatures(bool Xattrs, bool Delete, bool Compress, bool Bidirectional)
{
    public RsyncFeatures And(RsyncFeatures other) => new(Xattrs && other.Xattrs, Delete && other.Delete, Compress && other.Compress, Bidirectional && other.Bidirectional);

    public IEnumerable<string> Arguments => ["--numeric-ids", "--devices", "--partial", "--sparse", .. Xattrs ? ["--xattrs", "--filter=-x security.selinux"] : (string[])[], .. Delete ? ["--delete"] : (string[])[], .. Compress ? ["--compress", "--compress-level=2"] : (string[])[]];
}
