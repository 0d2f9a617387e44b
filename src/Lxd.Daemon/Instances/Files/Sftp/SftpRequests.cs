using Lxd.Core.Sftp;
using Lxd.Linux.Files;
using Lxd.Linux.Mounts;

namespace Lxd.Daemon.Instances.Files.Sftp;

/// <summary>Requests, each answered with one packet.</summary>
internal sealed class SftpRequests(SftpTree tree, SftpHandles handles, SftpWriter answers)
{
    public static readonly (string Name, string Version)[] Extensions =
    [
        (SftpProtocol.PosixRename, "1"), (SftpProtocol.FileSystem, "2"), (SftpProtocol.FileSystemOfHandle, "2"), (SftpProtocol.HardLink, "1"), (SftpProtocol.Sync, "1"),
        (SftpProtocol.LinkSetStat, "1"), (SftpProtocol.Limits, "1"),
    ];

    private const ulong BlockSize = 4096;
    private const ulong LongestName = 255;

    /// <summary>Writes the answer. Only a packet that cannot be understood throws.</summary>
    public async Task AnswerAsync(ReadOnlyMemory<byte> packet)
    {
        var (kind, id) = Head(packet);
        var before = answers.Length;
        try
        {
            await DoAsync(kind, id, packet[5..]).ConfigureAwait(false);
        }
        catch (Exception e) when (SftpFailure.IsOne(e))
        {
            answers.Return(before);
            Status(id, SftpFailure.StatusOf(e), e.Message);
        }
    }

    private static (SftpKind Kind, uint Id) Head(ReadOnlyMemory<byte> packet)
    {
        var reader = new SftpReader(packet.Span);
        return ((SftpKind)reader.Byte(), reader.UInt32());
    }

    private async Task DoAsync(SftpKind kind, uint id, ReadOnlyMemory<byte> body)
    {
        switch (kind)
        {
            case SftpKind.Open:
                var (path, how, wanted) = OpenArguments(body);
                handles.CheckRoom();
                Handle(id, await tree.OpenAsync(path, how, wanted).ConfigureAwait(false));
                break;
            case SftpKind.MakeDirectory:
                var (directory, attributes) = PathAndAttributes(body);
                await tree.MakeDirectoryAsync(directory, attributes).ConfigureAwait(false);
                Ok(id);
                break;
            case SftpKind.Rename:
                var (from, to) = TwoPaths(body);
                await tree.RenameAsync(from, to, replace: false).ConfigureAwait(false);
                Ok(id);
                break;
            case SftpKind.Symlink:
                // As OpenSSH has it, and all with it: the target comes first.
                var (target, link) = TwoPaths(body);
                await tree.SymlinkAsync(target, link).ConfigureAwait(false);
                Ok(id);
                break;
            case SftpKind.Extended:
                await ExtendedAsync(id, body).ConfigureAwait(false);
                break;
            default:
                Do(kind, id, new SftpReader(body.Span));
                break;
        }
    }

    private void Do(SftpKind kind, uint id, SftpReader reader)
    {
        switch (kind)
        {
            case SftpKind.Close:
                handles.Close(reader.Bytes());
                Ok(id);
                break;
            case SftpKind.Read:
                Read(id, ref reader);
                break;
            case SftpKind.Write:
                Write(id, ref reader);
                break;
            case SftpKind.Stat:
            case SftpKind.LinkStat:
                Attributes(id, tree.Stat(Path(ref reader), kind == SftpKind.Stat));
                break;
            case SftpKind.HandleStat:
                var opened = handles.Get<IDisposable>(reader.Bytes());
                Attributes(id, opened is ConfinedDirectory listed ? tree.Stat(listed.Stat()) : tree.Stat((SftpFile)opened));
                break;
            case SftpKind.SetStat:
                tree.SetStat(Path(ref reader), SftpAttributes.Read(ref reader), follow: true);
                Ok(id);
                break;
            case SftpKind.HandleSetStat:
                SftpTree.SetStat(handles.Get<SftpFile>(reader.Bytes()), SftpAttributes.Read(ref reader));
                Ok(id);
                break;
            case SftpKind.OpenDirectory:
                var directory = Path(ref reader);
                handles.CheckRoom();
                Handle(id, tree.OpenDirectory(directory));
                break;
            case SftpKind.ReadDirectory:
                List(id, handles.Get<ConfinedDirectory>(reader.Bytes()));
                break;
            case SftpKind.Remove:
                tree.Unlink(Path(ref reader));
                Ok(id);
                break;
            case SftpKind.RemoveDirectory:
                tree.RemoveDirectory(Path(ref reader));
                Ok(id);
                break;
            case SftpKind.RealPath:
                Name(id, SftpTree.Clean(Path(ref reader)));
                break;
            case SftpKind.ReadLink:
                Name(id, tree.ReadLink(Path(ref reader)));
                break;
            default:
                Status(id, SftpStatus.Unsupported, "Operation not supported");
                break;
        }
    }

    private async Task ExtendedAsync(uint id, ReadOnlyMemory<byte> body)
    {
        var (name, rest) = ExtensionName(body);
        switch (name)
        {
            case SftpProtocol.PosixRename:
                var (from, to) = TwoPaths(rest);
                await tree.RenameAsync(from, to, replace: true).ConfigureAwait(false);
                Ok(id);
                break;
            case SftpProtocol.HardLink:
                var (old, next) = TwoPaths(rest);
                await tree.LinkAsync(old, next).ConfigureAwait(false);
                Ok(id);
                break;
            default:
                Extended(name, id, new SftpReader(rest.Span));
                break;
        }
    }

    private void Extended(string name, uint id, SftpReader reader)
    {
        switch (name)
        {
            case SftpProtocol.Sync:
                handles.Get<SftpFile>(reader.Bytes()).File.Sync();
                Ok(id);
                break;
            case SftpProtocol.LinkSetStat:
                tree.SetStat(Path(ref reader), SftpAttributes.Read(ref reader), follow: false);
                Ok(id);
                break;
            case SftpProtocol.FileSystem:
                FileSystem(id, tree.FileSystem(Path(ref reader)));
                break;
            case SftpProtocol.FileSystemOfHandle:
                FileSystem(id, handles.Get<SftpFile>(reader.Bytes()).File.FileSystem());
                break;
            case SftpProtocol.Limits:
                answers.Begin(SftpKind.ExtendedReply, id);
                answers.UInt64(SftpProtocol.LongestPacket);
                answers.UInt64(SftpProtocol.LongestData);
                answers.UInt64(SftpProtocol.LongestData);
                answers.UInt64(SftpHandles.Most);
                answers.End();
                break;
            default:
                Status(id, SftpStatus.Unsupported, "Operation not supported");
                break;
        }
    }

    private void Read(uint id, ref SftpReader reader)
    {
        var file = handles.Get<SftpFile>(reader.Bytes()).File;
        var offset = Offset(ref reader);
        var most = (int)Math.Min(reader.UInt32(), SftpProtocol.LongestData);
        answers.Begin(SftpKind.Data, id);
        if (answers.Fill(most, room => file.Read(room.Span, offset)) == 0)
        {
            answers.Abandon();
            Status(id, SftpStatus.EndOfFile, "End of file");
            return;
        }

        answers.End();
    }

    private void Write(uint id, ref SftpReader reader)
    {
        var file = handles.Get<SftpFile>(reader.Bytes()).File;
        var offset = Offset(ref reader);
        file.Write(reader.Bytes(), offset);
        Ok(id);
    }

    private static long Offset(ref SftpReader reader) => reader.UInt64() is <= long.MaxValue and var offset ? (long)offset : throw new SftpFailure(SftpStatus.Failure, "Invalid offset");

    private void List(uint id, ConfinedDirectory directory)
    {
        var entries = directory.Next();
        if (entries.Count == 0)
        {
            Status(id, SftpStatus.EndOfFile, "End of directory");
            return;
        }

        answers.Begin(SftpKind.Name, id);
        answers.UInt32((uint)entries.Count);
        foreach (var (name, entry) in entries)
        {
            var attributes = tree.Stat(entry);
            answers.RawText(name);
            answers.RawText(LongName.Of(name, attributes));
            attributes.Write(answers);
        }

        answers.End();
    }

    private void Name(uint id, string name)
    {
        answers.Begin(SftpKind.Name, id);
        answers.UInt32(1);
        answers.RawText(name);
        answers.RawText(name);
        new SftpAttributes().Write(answers);
        answers.End();
    }

    private void Attributes(uint id, SftpAttributes attributes)
    {
        answers.Begin(SftpKind.Attributes, id);
        attributes.Write(answers);
        answers.End();
    }

    private void Handle(uint id, IDisposable opened)
    {
        answers.Begin(SftpKind.Handle, id);
        answers.Bytes(handles.Add(opened));
        answers.End();
    }

    private void FileSystem(uint id, MountedFileSystem system)
    {
        answers.Begin(SftpKind.ExtendedReply, id);
        ulong[] fields =
        [
            BlockSize, BlockSize, (ulong)system.TotalBytes / BlockSize, (ulong)system.FreeBytes / BlockSize, (ulong)system.AvailableBytes / BlockSize,
            (ulong)system.TotalInodes, (ulong)system.FreeInodes, (ulong)system.FreeInodes, 0, 0, LongestName,
        ];
        foreach (var field in fields)
        {
            answers.UInt64(field);
        }

        answers.End();
    }

    private void Ok(uint id) => Status(id, SftpStatus.Ok, "");

    private void Status(uint id, SftpStatus status, string message)
    {
        answers.Begin(SftpKind.Status, id);
        answers.UInt32((uint)status);
        answers.Text(message);
        answers.Text("");
        answers.End();
    }

    private static string Path(ref SftpReader reader) => reader.RawText() is var path && path.Contains('\0') ? throw new SftpFailure(SftpStatus.Failure, "A path contains a NUL character") : path;

    private static (string, SftpOpen, SftpAttributes) OpenArguments(ReadOnlyMemory<byte> body)
    {
        var reader = new SftpReader(body.Span);
        return (Path(ref reader), (SftpOpen)reader.UInt32(), SftpAttributes.Read(ref reader));
    }

    private static (string, SftpAttributes) PathAndAttributes(ReadOnlyMemory<byte> body)
    {
        var reader = new SftpReader(body.Span);
        return (Path(ref reader), SftpAttributes.Read(ref reader));
    }

    private static (string, string) TwoPaths(ReadOnlyMemory<byte> body)
    {
        var reader = new SftpReader(body.Span);
        return (Path(ref reader), Path(ref reader));
    }

    private static (string Name, ReadOnlyMemory<byte> Body) ExtensionName(ReadOnlyMemory<byte> body)
    {
        var reader = new SftpReader(body.Span);
        var name = reader.Bytes();
        return (System.Text.Encoding.Latin1.GetString(name), body[(4 + name.Length)..]);
    }
}
