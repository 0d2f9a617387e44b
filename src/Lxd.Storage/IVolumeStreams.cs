namespace Lxd.Storage;

/// <summary>A driver's own form of its volumes (<c>btrfs send</c>): what one pool of the driver wrote another one reads, without looking at the files, and a snapshot as the
/// difference to the one before it.</summary>
public interface IVolumeStreams
{
    /// <summary>Holds a volume or a snapshot still until it is disposed, so that it can be read and sent while its instance runs.</summary>
    /// <param name="prepare">Changes what is held before it is read, and nothing else: gets its directory; null changes nothing.</param>
    Task<IStillVolume> HoldAsync(VolumeRef volume, Action<string>? prepare, CancellationToken ct);

    /// <summary>Makes a volume or a snapshot out of streams; nothing is left behind on failure.</summary>
    /// <param name="parts">Its parts, outer ones first; the first is the volume's root.</param>
    /// <param name="feed">Writes the stream of one part; called once for each, in order.</param>
    /// <param name="settle">Puts right what came, before it is in its place: gets its directory.</param>
    /// <param name="replace">Whether the volume is there already and gets a new content.</param>
    Task ReceiveAsync(VolumeRef volume, VolumeSize size, IReadOnlyList<StreamPart> parts, Func<StreamPart, Stream, CancellationToken, Task> feed, Action<string> settle, CancellationToken ct, bool replace = false);

    /// <summary>Whether a volume or snapshot is there and is what was sent, so that differences to it can be received.</summary>
    bool Has(VolumeRef volume, StreamPart part);
}

/// <summary>A volume that does not change while it is held.</summary>
public interface IStillVolume : IAsyncDisposable
{
    /// <summary>Where its files are read.</summary>
    string Path { get; }

    /// <summary>What is sent for it, outer parts first.</summary>
    IReadOnlyList<StreamPart> Parts { get; }

    /// <summary>Sends one part, as the difference to the same part of <paramref name="parent"/> where there is one.</summary>
    Task SendAsync(StreamPart part, VolumeRef? parent, Stream output, CancellationToken ct);
}

/// <summary>A volume's root or something nested in it that is sent apart (a subvolume a container made).</summary>
/// <param name="Path"><c>/</c> for the root.</param>
/// <param name="Snapshot">The snapshot it belongs to, empty for the volume.</param>
/// <param name="Uuid">What tells it from others wherever it is received.</param>
public sealed record StreamPart(string Path, string Snapshot, bool ReadOnly, string Uuid)
{
    /// <summary>Throws a bad request unless the path stays in its volume: descriptions come with backups and from other servers.</summary>
    public StreamPart Checked() =>
        Path == "/" || (Path.StartsWith('/') && !Path[1..].Split('/').Any(p => p is "" or "." or "..") && !Path.Contains('\0', StringComparison.Ordinal))
            ? this
            : throw Core.ApiException.BadRequest($"Invalid subvolume path \"{Path}\"");
}
