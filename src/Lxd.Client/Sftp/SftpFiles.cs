using Lxd.Core;
using Lxd.Core.Sftp;

namespace Lxd.Client.Sftp;

/// <summary>What can be done with the files of an instance.</summary>
public static class SftpFiles
{
    private static readonly SftpAttributes Nothing = new();

    /// <summary>The attributes of a file; null where there is none.</summary>
    /// <param name="follow">Whether a link stands for what it leads to.</param>
    public static async Task<SftpAttributes?> FindAsync(this SftpClient client, string path, bool follow, CancellationToken ct)
    {
        var answer = await OneAsync(client, follow ? SftpKind.Stat : SftpKind.LinkStat, w => w.Text(path), ct).ConfigureAwait(false);
        return StatusOf(answer) == SftpStatus.NoSuchFile ? null : Attributes(answer);
    }

    public static Task MakeDirectoryAsync(this SftpClient client, string path, CancellationToken ct) => DoAsync(client, SftpKind.MakeDirectory, w =>
    {
        w.Text(path);
        Nothing.Write(w);
    }, ct);

    public static Task RemoveAsync(this SftpClient client, string path, CancellationToken ct) => DoAsync(client, SftpKind.Remove, w => w.Text(path), ct);

    public static Task RemoveDirectoryAsync(this SftpClient client, string path, CancellationToken ct) => DoAsync(client, SftpKind.RemoveDirectory, w => w.Text(path), ct);

    /// <summary>Sets owner and permissions where they are said.</summary>
    /// <param name="optionalOwner">Whether an owner that the instance cannot have is left out.</param>
    public static async Task SetAsync(this SftpClient client, string path, SftpAttributes attributes, bool optionalOwner, CancellationToken ct)
    {
        foreach (var part in Parts(attributes))
        {
            var answer = await OneAsync(client, SftpKind.SetStat, w =>
            {
                w.Text(path);
                part.Write(w);
            }, ct).ConfigureAwait(false);
            if (part.Owner is null || !optionalOwner)
            {
                Check(answer);
            }
        }
    }

    public static Task LinkAsync(this SftpClient client, string path, string target, CancellationToken ct) => DoAsync(client, SftpKind.Symlink, w =>
    {
        // The target comes first, as everybody has it.
        w.Text(target);
        w.Text(path);
    }, ct);

    public static async Task<string> ReadLinkAsync(this SftpClient client, string path, CancellationToken ct) => FirstName(await OneAsync(client, SftpKind.ReadLink, w => w.Text(path), ct).ConfigureAwait(false));

    public static async Task<IReadOnlyList<(string Name, SftpAttributes Attributes)>> ListAsync(this SftpClient client, string path, CancellationToken ct)
    {
        var handle = Handle(await OneAsync(client, SftpKind.OpenDirectory, w => w.Text(path), ct).ConfigureAwait(false));
        var all = new List<(string, SftpAttributes)>();
        while (true)
        {
            var answer = await OneAsync(client, SftpKind.ReadDirectory, w => w.Bytes(handle), ct).ConfigureAwait(false);
            if (StatusOf(answer) == SftpStatus.EndOfFile)
            {
                break;
            }

            AddNames(answer, all);
        }

        await DoAsync(client, SftpKind.Close, w => w.Bytes(handle), ct).ConfigureAwait(false);
        return all;
    }

    public static async Task<byte[]> OpenAsync(this SftpClient client, string path, SftpOpen how, CancellationToken ct) => Handle(await OneAsync(client, SftpKind.Open, w =>
    {
        w.Text(path);
        w.UInt32((uint)how);
        Nothing.Write(w);
    }, ct).ConfigureAwait(false));

    /// <summary>Writes all of a stream; a file that fits in one packet costs two turns.</summary>
    /// <param name="attributes">Set at the end; null for whatever the server gives.</param>
    /// <param name="optionalOwner">Whether an owner that the instance cannot have is left out.</param>
    public static async Task WriteAsync(this SftpClient client, string path, Stream content, SftpAttributes? attributes, bool optionalOwner, CancellationToken ct)
    {
        const int large = 8 * SftpProtocol.ShortData;
        const int ahead = 3;
        var handle = await client.OpenAsync(path, SftpOpen.Write | SftpOpen.Create | SftpOpen.Truncate, ct).ConfigureAwait(false);
        var running = new Queue<(Task<byte[][]> Answers, byte[] Buffer)>();
        var offset = 0L;
        var buffer = new byte[SftpProtocol.ShortData];
        while (true)
        {
            var count = await content.ReadAtLeastAsync(buffer, buffer.Length, false, ct).ConfigureAwait(false);
            var last = count < buffer.Length;
            var packets = Writes(handle, offset, buffer.AsMemory(0, count));
            if (last)
            {
                AddEnd(packets, handle, attributes);
            }

            running.Enqueue((client.SendAsync([.. packets], ct), buffer));
            offset += count;
            if (last)
            {
                break;
            }

            byte[]? free = null;
            if (running.Count > ahead)
            {
                (var answers, free) = running.Dequeue();
                Array.ForEach(await answers.ConfigureAwait(false), Check);
            }

            buffer = free?.Length == large ? free : new byte[large];
        }

        while (running.TryDequeue(out var sent))
        {
            var all = await sent.Answers.ConfigureAwait(false);
            var owner = running.Count == 0 && optionalOwner && attributes?.Owner is not null ? all.Length - 2 - (attributes.Mode is null ? 0 : 1) : -1;
            for (var i = 0; i < all.Length; i++)
            {
                if (i != owner)
                {
                    Check(all[i]);
                }
            }
        }
    }

    /// <summary>Packets that write this at an offset.</summary>
    private static List<(SftpKind, Action<SftpWriter>)> Writes(byte[] handle, long offset, ReadOnlyMemory<byte> data)
    {
        var packets = new List<(SftpKind, Action<SftpWriter>)>();
        for (var start = 0; start < data.Length; start += SftpProtocol.ShortData)
        {
            var piece = data.Slice(start, Math.Min(SftpProtocol.ShortData, data.Length - start));
            var at = (ulong)(offset + start);
            packets.Add((SftpKind.Write, w =>
            {
                w.Bytes(handle);
                w.UInt64(at);
                w.Bytes(piece.Span);
            }));
        }

        return packets;
    }

    /// <summary>Owner and permissions go one by one: some servers mix them up.</summary>
    private static IEnumerable<SftpAttributes> Parts(SftpAttributes attributes)
    {
        if (attributes.Owner is not null)
        {
            yield return new(Owner: attributes.Owner);
        }

        if (attributes.Mode is not null)
        {
            yield return new(Mode: attributes.Mode);
        }
    }

    private static void AddEnd(List<(SftpKind, Action<SftpWriter>)> packets, byte[] handle, SftpAttributes? attributes)
    {
        foreach (var part in attributes is null ? [] : Parts(attributes))
        {
            packets.Add((SftpKind.HandleSetStat, w =>
            {
                w.Bytes(handle);
                part.Write(w);
            }));
        }

        packets.Add((SftpKind.Close, w => w.Bytes(handle)));
    }

    /// <summary>Reads a file of a size that is known and small, in two turns.</summary>
    /// <returns>Null where it has another size by now.</returns>
    public static async Task<byte[]?> ReadSmallAsync(this SftpClient client, string path, int size, CancellationToken ct)
    {
        var handle = await client.OpenAsync(path, SftpOpen.Read, ct).ConfigureAwait(false);
        var answers = await client.SendAsync([
            (SftpKind.Read, w =>
            {
                w.Bytes(handle);
                w.UInt64(0);
                w.UInt32((uint)size + 1);
            }),
            (SftpKind.Close, w => w.Bytes(handle)),
        ], ct).ConfigureAwait(false);
        Check(answers[1]);
        var data = StatusOf(answers[0]) == SftpStatus.EndOfFile ? default : Data(answers[0]);
        return data.Length == size ? data.ToArray() : null;
    }

    /// <summary>Reads all of a file into a stream.</summary>
    public static Task ReadAsync(this SftpClient client, string path, Stream output, CancellationToken ct) => client.ReadAsync(path, async pieces =>
    {
        foreach (var piece in pieces)
        {
            await output.WriteAsync(piece, ct).ConfigureAwait(false);
        }
    }, ct);

    /// <summary>Reads all of a file. While some of it is written, what follows is on its way.</summary>
    /// <param name="write">Gets what was read, in order, in pieces that lie one behind the other.</param>
    public static async Task ReadAsync(this SftpClient client, string path, Func<IReadOnlyList<ReadOnlyMemory<byte>>, ValueTask> write, CancellationToken ct)
    {
        const int most = 32;
        var handle = await client.OpenAsync(path, SftpOpen.Read, ct).ConfigureAwait(false);
        try
        {
            var (offset, count) = (0L, 1);
            var running = AskAsync(offset, count);
            while (true)
            {
                var asked = (long)count * SftpProtocol.ShortData;
                var more = Math.Min(count * 4, most);
                var next = AskAsync(offset + asked, more);
                var (pieces, end) = Pieces(await running.ConfigureAwait(false));
                await write(pieces).ConfigureAwait(false);
                var length = pieces.Sum(p => (long)p.Length);
                offset += length;
                if (end || length < asked)
                {
                    // What was read ahead does not follow on this.
                    await next.ConfigureAwait(false);
                    if (end)
                    {
                        return;
                    }

                    more = 1;
                    next = AskAsync(offset, more);
                }

                (running, count) = (next, more);
            }
        }
        finally
        {
            await DoAsync(client, SftpKind.Close, w => w.Bytes(handle), CancellationToken.None).ConfigureAwait(false);
        }

        Task<byte[][]> AskAsync(long from, int packets) => client.SendAsync([.. Enumerable.Range(0, packets).Select(i => (SftpKind.Read, (Action<SftpWriter>)(w =>
        {
            w.Bytes(handle);
            w.UInt64((ulong)(from + (long)i * SftpProtocol.ShortData));
            w.UInt32(SftpProtocol.ShortData);
        })))], ct);
    }

    /// <summary>What answers to reads brought, until the first that is short, and whether the file ends there.</summary>
    private static (List<ReadOnlyMemory<byte>> Pieces, bool End) Pieces(byte[][] answers)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        foreach (var answer in answers)
        {
            if (StatusOf(answer) == SftpStatus.EndOfFile)
            {
                return (pieces, true);
            }

            pieces.Add(Data(answer));
            if (pieces[^1].Length < SftpProtocol.ShortData)
            {
                break;
            }
        }

        return (pieces, false);
    }

    private static async Task<byte[]> OneAsync(SftpClient client, SftpKind kind, Action<SftpWriter> write, CancellationToken ct) => (await client.SendAsync([(kind, write)], ct).ConfigureAwait(false))[0];

    private static async Task DoAsync(SftpClient client, SftpKind kind, Action<SftpWriter> write, CancellationToken ct) => Check(await OneAsync(client, kind, write, ct).ConfigureAwait(false));

    private static SftpStatus? StatusOf(byte[] answer)
    {
        if (answer[0] != (byte)SftpKind.Status)
        {
            return null;
        }

        var reader = new SftpReader(answer.AsSpan(5));
        return (SftpStatus)reader.UInt32();
    }

    /// <summary>Throws what an answer says went wrong.</summary>
    private static void Check(byte[] answer)
    {
        if (answer[0] != (byte)SftpKind.Status)
        {
            return;
        }

        var reader = new SftpReader(answer.AsSpan(5));
        var status = (SftpStatus)reader.UInt32();
        if (status == SftpStatus.Ok)
        {
            return;
        }

        var message = reader.AtEnd ? "" : reader.Text();
        throw status switch
        {
            SftpStatus.NoSuchFile => new ApiException(404, "Not Found"),
            SftpStatus.PermissionDenied => new ApiException(403, message.Length > 0 ? message : "permission denied"),
            _ => new ApiException(500, message.Length > 0 ? $"sftp: \"{message}\" (SSH_FX_{(status == SftpStatus.Unsupported ? "OP_UNSUPPORTED" : "FAILURE")})" : $"sftp: {status}"),
        };
    }

    private static SftpReader Fields(byte[] answer, SftpKind kind)
    {
        Check(answer);
        return answer[0] == (byte)kind ? new SftpReader(answer.AsSpan(5)) : throw new SftpFormatException("An answer of another kind");
    }

    private static byte[] Handle(byte[] answer)
    {
        var reader = Fields(answer, SftpKind.Handle);
        return reader.Bytes().ToArray();
    }

    private static ReadOnlyMemory<byte> Data(byte[] answer)
    {
        const int head = 9;
        var reader = Fields(answer, SftpKind.Data);
        return answer.AsMemory(head, reader.Bytes().Length);
    }

    private static SftpAttributes Attributes(byte[] answer)
    {
        var reader = Fields(answer, SftpKind.Attributes);
        return SftpAttributes.Read(ref reader);
    }

    private static string FirstName(byte[] answer)
    {
        var reader = Fields(answer, SftpKind.Name);
        return reader.UInt32() > 0 ? reader.Text() : throw new SftpFormatException("An answer without a name");
    }

    private static void AddNames(byte[] answer, List<(string, SftpAttributes)> all)
    {
        var reader = Fields(answer, SftpKind.Name);
        for (var count = reader.UInt32(); count > 0; count--)
        {
            var name = reader.Text();
            _ = reader.Bytes();
            var attributes = SftpAttributes.Read(ref reader);
            if (name is not ("." or ".."))
            {
                all.Add((name, attributes));
            }
        }
    }
}
