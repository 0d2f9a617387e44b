using System.Buffers.Binary;
using System.Globalization;
using Lxd.Linux.Disks;
using Lxd.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Archives;

/// <summary>squashfs images through the host's tool, into an empty directory beside the destination; devices and owners are put right afterwards.</summary>
internal static class SquashFs
{
    private const int NonFatal = 2;
    private const int SuperBlock = 96;

    public static async Task UnpackAsync(string file, string destination, UnpackOptions options, CancellationToken ct)
    {
        CheckInodes(file, options);
        options.Progress?.Invoke(0);
        var memory = options.SquashMemory.ToString(CultureInfo.InvariantCulture);
        await using (var tool = PipedTool.Start("unsquashfs", Unpacking(file, destination), "-quiet", "-no-progress", "-force", "-da", memory, "-fr", memory, "-dest", destination, file))
        {
            tool.Input.Close();
            await tool.Output.CopyToAsync(Stream.Null, ct).ConfigureAwait(false);
            await tool.WaitAsync(ct, NonFatal).ConfigureAwait(false);
        }

        await Blocking.RunAsync(
            () =>
            {
                using var root = At.OpenDirectory(destination);
                Settle(root, options, 0, [], ct);
            },
            ct).ConfigureAwait(false);
        options.Progress?.Invoke(new FileInfo(file).Length);
    }

    /// <summary>One directory of the image. The tool makes it with the directories above it: it is unpacked into a corner of the destination and moved up.</summary>
    public static async Task<bool> UnpackTreeAsync(string file, string prefix, string destination, UnpackOptions options, CancellationToken ct)
    {
        CheckInodes(file, options);
        var corner = Path.Combine(destination, $".lxd-{Guid.NewGuid():N}");
        var memory = options.SquashMemory.ToString(CultureInfo.InvariantCulture);
        await using (var tool = PipedTool.Start("unsquashfs", Unpacking(file, destination), "-quiet", "-no-progress", "-da", memory, "-fr", memory, "-dest", corner, file, prefix))
        {
            tool.Input.Close();
            await tool.Output.CopyToAsync(Stream.Null, ct).ConfigureAwait(false);
            await tool.WaitAsync(ct, NonFatal).ConfigureAwait(false);
        }

        return await Blocking.RunAsync(
            () =>
            {
                using var root = At.OpenDirectory(destination);
                var found = MoveUp(root, Path.GetFileName(corner), prefix);
                TreeDelete.Delete(corner, ct);
                Settle(root, options, 0, [], ct);
                return found;
            },
            ct).ConfigureAwait(false);
    }

    public static async Task<bool> StreamFileAsync(string file, string name, Stream output, CancellationToken ct)
    {
        await using var tool = PipedTool.Start("unsquashfs", new Confinement { Reads = [file] }, "-cat", file, name);
        tool.Input.Close();
        var any = false;
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await tool.Output.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            any = true;
            await output.WriteAsync(buffer.AsMemory(0, read), ct).ConfigureAwait(false);
        }

        try
        {
            await tool.WaitAsync(ct).ConfigureAwait(false);
            return true;
        }
        catch (IOException) when (!any)
        {
            return false; // the tool's answer for a file that is not there
        }
    }

    private static bool MoveUp(SafeFileHandle root, string corner, string prefix)
    {
        var opened = new List<SafeFileHandle> { root };
        try
        {
            foreach (var part in (corner + "/" + prefix).Split('/'))
            {
                if (At.TryStat(opened[^1], RawName.FromText(part)) is not { IsDirectory: true })
                {
                    return false;
                }

                opened.Add(At.OpenDirectory(opened[^1], RawName.FromText(part)));
            }

            var from = opened[^1];
            foreach (var name in At.List(from))
            {
                At.Rename(from, name, root, name);
            }

            var stat = At.Stat(from);
            At.Chown(root, ".", stat.Uid, stat.Gid);
            FileModes.Set(root, ".", stat.Permissions);
            foreach (var (key, value) in Xattrs.Read(from, ".").Where(x => Xattrs.IsPortable(x.Name)))
            {
                Xattrs.Set(root, ".", key, value);
            }

            return true;
        }
        finally
        {
            foreach (var directory in opened.Skip(1))
            {
                directory.Dispose();
            }
        }
    }

    public static async Task<byte[]?> ReadFileAsync(string file, string name, int maxBytes, CancellationToken ct)
    {
        await using var tool = PipedTool.Start("unsquashfs", new Confinement { Reads = [file] }, "-cat", file, name);
        tool.Input.Close();
        using var result = new MemoryStream();
        var buffer = new byte[65536];
        int read;
        while ((read = await tool.Output.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (result.Length + read > maxBytes)
            {
                throw BadArchive.Because($"\"{name}\" is too large");
            }

            result.Write(buffer, 0, read);
        }

        try
        {
            await tool.WaitAsync(ct).ConfigureAwait(false);
            return result.ToArray();
        }
        catch (IOException) when (result.Length == 0)
        {
            return null; // the tool's answer for a file that is not there
        }
    }

    private static Confinement Unpacking(string file, string destination) => Confinement.Into(destination) with { Reads = [file] };

    private static void CheckInodes(string file, UnpackOptions options)
    {
        Span<byte> head = stackalloc byte[SuperBlock];
        using var stream = File.OpenRead(file);
        stream.ReadExactly(head);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) > options.MaxEntries)
        {
            throw BadArchive.Because("too many entries");
        }
    }

    /// <summary>Removes device nodes that are not allowed and shifts owners.</summary>
    private static void Settle(SafeFileHandle dir, UnpackOptions options, int depth, HashSet<ulong> seen, CancellationToken ct)
    {
        StrangeNodes.CheckDepth(depth);
        foreach (var name in At.List(dir))
        {
            ct.ThrowIfCancellationRequested();
            var stat = At.Stat(dir, name);
            if (StrangeNodes.Remove(dir, name, stat, options.Devices))
            {
                continue;
            }

            if (options.Shift is not null && (stat.Links == 1 || stat.IsDirectory || seen.Add(stat.Inode)))
            {
                Shift(dir, name, stat, options.Shift);
            }

            if (stat.IsDirectory)
            {
                using var inner = At.OpenDirectory(dir, name);
                Settle(inner, options, depth + 1, seen, ct);
            }
        }
    }

    private static void Shift(SafeFileHandle dir, string name, FileStat stat, IdShift shift)
    {
        var attributes = Xattrs.Read(dir, name);
        At.Chown(dir, name, shift.Uid(stat.Uid) ?? stat.Uid, shift.Gid(stat.Gid) ?? stat.Gid);
        if (!stat.IsLink)
        {
            FileModes.Set(dir, name, stat.Permissions);
        }

        foreach (var (key, value) in attributes)
        {
            if (Xattrs.IsPortable(key))
            {
                Xattrs.Set(dir, name, key, XattrShift.Apply(key, value, shift));
            }
        }

        At.SetTimes(dir, name, stat.Accessed, stat.Modified);
    }
}
