using System.Buffers.Binary;
using System.Net;
using Lxd.Core.Sftp;
using Lxd.Daemon.Instances.Files;
using Lxd.Daemon.Instances.Files.Sftp;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Tests.Instances.Sftp;

public sealed class SftpSessionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _home = Directory.CreateTempSubdirectory("sftptest").FullName;

    private string Root => Path.Combine(_home, "root");

    public SftpSessionTests() => Directory.CreateDirectory(Root);

    public void Dispose() => Directory.Delete(_home, true);

    [Fact]
    public async Task AFileIsMadeReadListedRenamedAndRemoved()
    {
        await using var c = await ClientAsync();
        Assert.Equal(SftpStatus.Ok, await c.StatusAsync(SftpKind.MakeDirectory, w => { w.Text("/d"); new SftpAttributes().Write(w); }));
        var handle = await c.OpenAsync("/d/f", SftpOpen.Read | SftpOpen.Write | SftpOpen.Create, new SftpAttributes(Mode: 0x180));
        Assert.Equal(SftpStatus.Ok, await c.StatusAsync(SftpKind.Write, w => { w.Bytes(handle); w.UInt64(0); w.Text("hello"); }));
        Assert.Equal((SftpKind.Data, "hello"), await c.AskAsync(SftpKind.Read, w => { w.Bytes(handle); w.UInt64(0); w.UInt32(100); }, (ref SftpReader r) => r.Text()));
        Assert.Equal(SftpStatus.EndOfFile, await c.StatusAsync(SftpKind.Read, w => { w.Bytes(handle); w.UInt64(5); w.UInt32(100); }));
        Assert.Equal(SftpStatus.Ok, await c.StatusAsync(SftpKind.Close, w => w.Bytes(handle)));
        Assert.Equal(SftpStatus.Failure, await c.StatusAsync(SftpKind.Close, w => w.Bytes(handle)));
        Assert.Equal(0x8180u, (await c.StatAsync("/d/f"))!.Mode);
        Assert.Equal(SftpStatus.Ok, await c.StatusAsync(SftpKind.Symlink, w => { w.Text("f"); w.Text("/d/l"); }));
        Assert.Equal(SftpStatus.Failure, await c.StatusAsync(SftpKind.Rename, w => { w.Text("/d/f"); w.Text("/d/l"); }));
        Assert.Equal(SftpStatus.Ok, await c.StatusAsync(SftpKind.Rename, w => { w.Text("/d/f"); w.Text("/d/g"); }));
        Assert.Equal(SftpStatus.Failure, await c.StatusAsync(SftpKind.RemoveDirectory, w => w.Text("/d")));
        var (_, directory) = await c.AskAsync(SftpKind.OpenDirectory, w => w.Text("/d"), (ref SftpReader r) => r.Bytes().ToArray());
        var (kind, count) = await c.AskAsync(SftpKind.ReadDirectory, w => w.Bytes(directory), (ref SftpReader r) => r.UInt32());
        Assert.Equal((SftpKind.Name, 2u), (kind, count));
        Assert.Equal(SftpStatus.EndOfFile, await c.StatusAsync(SftpKind.ReadDirectory, w => w.Bytes(directory)));
        Assert.Equal(SftpStatus.Ok, await c.StatusAsync(SftpKind.Remove, w => w.Text("/d/g")));
        Assert.Equal(SftpStatus.NoSuchFile, await c.StatusAsync(SftpKind.Remove, w => w.Text("/d/g")));
    }

    [Fact]
    public async Task NothingOutsideTheRootIsReached()
    {
        await File.WriteAllTextAsync(Path.Combine(_home, "secret"), "outside");
        File.CreateSymbolicLink(Path.Combine(Root, "up"), "../secret");
        File.CreateSymbolicLink(Path.Combine(Root, "abs"), Path.Combine(_home, "secret"));
        File.CreateSymbolicLink(Path.Combine(Root, "dir"), "/..");
        await using var c = await ClientAsync();
        foreach (var path in new[] { "up", "abs", "dir/secret", "../secret", "/../../secret" })
        {
            Assert.Equal(SftpStatus.NoSuchFile, await c.StatusAsync(SftpKind.Open, w => { w.Text(path); w.UInt32((uint)SftpOpen.Read); new SftpAttributes().Write(w); }));
        }

        Assert.Equal(SftpStatus.Failure, await c.StatusAsync(SftpKind.Stat, w => w.Text("up\0x")));
        Assert.Equal((SftpKind.Name, "/x"), await c.AskAsync(SftpKind.RealPath, w => w.Text("../a/../x/."), (ref SftpReader r) => { r.UInt32(); return r.Text(); }));
        Assert.Equal("outside", await File.ReadAllTextAsync(Path.Combine(_home, "secret")));
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("ffffffff")]
    [InlineData("00040001")]
    [InlineData("0000000105")]
    [InlineData("000000090500000001ffffffff")]
    [InlineData("0000000605000000010000")]
    public async Task APacketThatBreaksTheProtocolEndsTheSession(string hex)
    {
        await using var c = await ClientAsync();
        await c.SendAsync(Convert.FromHexString(hex));
        await c.Ended.WaitAsync(Patience);
    }

    [Fact]
    public async Task ManyRequestsAreAnsweredInOrder()
    {
        await using var c = await ClientAsync();
        var writer = new SftpWriter();
        for (uint id = 1; id <= 5000; id++)
        {
            writer.Begin(SftpKind.RealPath, id);
            writer.Text("/x");
            writer.End();
        }

        var sending = c.SendAsync(writer.Written);
        for (uint id = 1; id <= 5000; id++)
        {
            var packet = await c.ReceiveAsync();
            Assert.Equal(id, BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(1)));
        }

        await sending;
    }

    [Fact]
    public async Task TheEndpointUpgradesOrTellsWhyNot()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        var (status, body) = await lab.Daemon.SendAsync("GET", "/1.0/instances/c1/sftp");
        Assert.Equal((400, "Missing or invalid upgrade header"), (status, (string?)body!["error"]));
        Assert.Equal(404, (await lab.Daemon.SendAsync("GET", "/1.0/instances/none/sftp", null, ("Connection", "Upgrade"), ("Upgrade", "sftp"))).Status);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/1.0/containers/c1/sftp");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "sftp");
        using var answer = await lab.Daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, answer.StatusCode);
        Assert.Equal("sftp", answer.Headers.GetValues("Upgrade").Single());
        await using var stream = await answer.Content.ReadAsStreamAsync();
        await using var c = await Talker.GreetAsync(stream, Task.CompletedTask);
        Assert.True((await c.StatAsync("/"))!.IsDirectory);
    }

    private async Task<Talker> ClientAsync()
    {
        var (one, two) = await Talker.PairAsync(Path.Combine(_home, "socket"));
        var ended = Task.Run(async () =>
        {
            await using (one)
            {
                using var session = new SftpSession(one, InstanceFiles.OfDirectory(Root, IdMap.Empty));
                await session.RunAsync(CancellationToken.None);
            }
        });
        return await Talker.GreetAsync(two, ended);
    }
}
