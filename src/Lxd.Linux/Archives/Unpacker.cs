using System.Text;
using Lxd.Core;
using Lxd.Linux.Disks;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Archives;

/// <summary>Unpacks archives of unknown origin: nothing is ever written outside the destination, whatever names and links the archive has.</summary>
public static class Unpacker
{
    /// <summary>Unpacks a tar of any compression or a squashfs into an existing directory.</summary>
    public static Task UnpackAsync(string file, string destination, UnpackOptions options, CancellationToken ct) => BadArchive.BlameAsync(async () =>
    {
        if (Archive.Detect(file) == ArchiveKind.SquashFs)
        {
            await SquashFs.UnpackAsync(file, destination, options, ct).ConfigureAwait(false);
            return true;
        }

        await using var source = Decompressor.Open(file, options.Progress, ct);
        await Blocking.RunAsync(() => Unpack(new TarReader(source.Tar), destination, options, ct), ct).ConfigureAwait(false);
        await source.FinishAsync(ct).ConfigureAwait(false);
        return true;
    });

    /// <summary>Unpacks what lies below one directory of an archive, and that directory's own attributes, into an existing directory.</summary>
    /// <returns>Whether the archive has anything there.</returns>
    public static async Task<bool> UnpackTreeAsync(string file, string prefix, string destination, UnpackOptions options, CancellationToken ct)
    {
        if (Archive.Detect(file) == ArchiveKind.SquashFs)
        {
            return await BadArchive.BlameAsync(() => SquashFs.UnpackTreeAsync(file, prefix, destination, options, ct)).ConfigureAwait(false);
        }

        var found = false;
        await UnpackAsync(file, destination, options with { Map = Below }, ct).ConfigureAwait(false);
        return found;

        string? Below(string name)
        {
            if (name != prefix && !name.StartsWith(prefix + "/", StringComparison.Ordinal))
            {
                return null;
            }

            found = true;
            return name[prefix.Length..];
        }
    }

    /// <summary>Copies the content of one regular file of an archive to a stream, holes as zeros.</summary>
    /// <returns>Whether the archive has the file.</returns>
    public static async Task<bool> StreamFileAsync(string file, string name, Stream output, CancellationToken ct)
    {
        if (Archive.Detect(file) == ArchiveKind.SquashFs)
        {
            return await BadArchive.BlameAsync(() => SquashFs.StreamFileAsync(file, name, output, ct)).ConfigureAwait(false);
        }

        return await FindAsync(file, name, (entry, data) => entry.Type == TarEntry.File ? StreamEntry(entry, data, output, ct) : throw ApiException.BadRequest($"Cannot read non-regular file \"{RawName.ToText(entry.Name)}\""), ct)
            .ConfigureAwait(false) is not null;
    }

    /// <summary>Reads one regular file out of an archive (<c>metadata.yaml</c>, <c>backup/index.yaml</c>); null where it has none.
    /// Stops reading the archive as soon as the file is found.</summary>
    /// <param name="maxBytes">A larger file is a bad request.</param>
    public static async Task<byte[]?> ReadFileAsync(string file, string name, int maxBytes, CancellationToken ct)
    {
        if (Archive.Detect(file) == ArchiveKind.SquashFs)
        {
            return await BadArchive.BlameAsync(() => SquashFs.ReadFileAsync(file, name, maxBytes, ct)).ConfigureAwait(false);
        }

        return await FindAsync(file, name, (entry, data) => entry.Type == TarEntry.File && entry.Sparse is null ? ReadAll(entry, data, maxBytes) : throw ApiException.BadRequest($"Cannot read non-regular file \"{RawName.ToText(entry.Name)}\""), ct)
            .ConfigureAwait(false);
    }

    /// <summary>Whether a tar has an entry of exactly this name (leading <c>./</c> and trailing <c>/</c> ignored) or something below it.</summary>
    public static async Task<bool> HasEntryAsync(string file, string name, CancellationToken ct) => await FirstOfAsync(file, [name], ct).ConfigureAwait(false) is not null;

    /// <summary>The name of those that comes first in a tar, as an entry or as the directory of one; null where none does.</summary>
    public static Task<string?> FirstOfAsync(string file, IReadOnlyList<string> names, CancellationToken ct) => BadArchive.BlameAsync(async () =>
    {
        var below = names.Select(n => (Name: n, Raw: RawName.FromText(n) + "/")).ToList();
        await using var source = Decompressor.Open(file, null, ct);
        return await Blocking.RunAsync(
            () =>
            {
                var reader = new TarReader(source.Tar);
                while (reader.Next() is { } entry)
                {
                    ct.ThrowIfCancellationRequested();
                    var at = ConfinedTree.Clean(entry.Name) + "/";
                    if (below.Find(b => at.StartsWith(b.Raw, StringComparison.Ordinal)).Name is { } found)
                    {
                        return found;
                    }
                }

                return null;
            },
            ct).ConfigureAwait(false);
    });

    private static Task<byte[]?> FindAsync(string file, string name, Func<TarEntry, TarReader, byte[]?> read, CancellationToken ct) => BadArchive.BlameAsync(async () =>
    {
        var raw = RawName.FromText(name);
        await using var source = Decompressor.Open(file, null, ct);
        var (found, data) = await Blocking.RunAsync(
            () =>
            {
                var reader = new TarReader(source.Tar);
                while (reader.Next() is { } entry)
                {
                    ct.ThrowIfCancellationRequested();
                    if (ConfinedTree.Clean(entry.Name) == raw)
                    {
                        return (true, read(entry, reader));
                    }
                }

                return (false, null);
            },
            ct).ConfigureAwait(false);
        if (!found)
        {
            await source.FinishAsync(ct).ConfigureAwait(false);
        }

        return data;
    });

    private static byte[] ReadAll(TarEntry entry, TarReader data, int maxBytes)
    {
        if (entry.Size > maxBytes)
        {
            throw BadArchive.Because($"\"{RawName.ToText(entry.Name)}\" is too large");
        }

        var bytes = new byte[(int)entry.Size];
        for (var filled = 0; filled < bytes.Length;)
        {
            filled += data.Read(bytes.AsSpan(filled));
        }

        return bytes;
    }

    private static byte[] StreamEntry(TarEntry entry, TarReader data, Stream output, CancellationToken ct)
    {
        var buffer = new byte[1 << 18];
        var zeros = new byte[1 << 16];
        long at = 0;
        foreach (var (offset, length) in entry.Sparse ?? [(0, entry.Size)])
        {
            Zeros(offset - at);
            for (var left = length; left > 0;)
            {
                ct.ThrowIfCancellationRequested();
                var read = data.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
                output.Write(buffer.AsSpan(0, read == 0 ? throw BadArchive.Because("unexpected end") : read));
                left -= read;
            }

            at = offset + length;
        }

        Zeros(entry.Size - at);
        return [];

        void Zeros(long count)
        {
            for (; count > 0; count -= zeros.Length)
            {
                ct.ThrowIfCancellationRequested();
                output.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, count)));
            }
        }
    }

    private static void Unpack(TarReader reader, string destination, UnpackOptions options, CancellationToken ct)
    {
        using var tree = new ConfinedTree(destination, options);
        while (reader.Next() is { } entry)
        {
            ct.ThrowIfCancellationRequested();
            if (Mapped(entry.Name, options.Map) is not { } path)
            {
                continue;
            }

            string? link = null;
            if (entry.Type == TarEntry.HardLink)
            {
                link = Mapped(entry.LinkName, options.Map) ?? throw BadArchive.Because($"hard link to \"{RawName.ToText(entry.LinkName)}\", which is left out");
            }

            tree.Add(path, link, entry, reader);
        }

        tree.Finish();
    }

    private static string? Mapped(string name, Func<string, string?>? map)
    {
        var clean = ConfinedTree.Clean(name);
        if (map is null)
        {
            return clean;
        }

        var text = RawName.ToText(clean);
        var exact = RawName.FromText(text) == clean;
        var mapped = map(exact ? text : clean);
        return mapped is null ? null : ConfinedTree.Clean(exact ? RawName.FromText(mapped) : mapped);
    }
}
