using Lxd.Linux.Files;

namespace Lxd.Linux.Tests.Files;

public sealed class ConfinedRootTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("confined").FullName;

    public void Dispose() => Directory.Delete(_home, true);

    [Fact]
    public void LinksDoNotLeadOut()
    {
        var root = Path.Combine(_home, "root");
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        File.WriteAllText(Path.Combine(_home, "secret"), "outside");
        File.WriteAllText(Path.Combine(root, "etc", "own"), "inside");
        File.CreateSymbolicLink(Path.Combine(root, "up"), "../secret");
        File.CreateSymbolicLink(Path.Combine(root, "abs"), "/etc/own");
        File.CreateSymbolicLink(Path.Combine(root, "dir"), "/..");
        using var confined = new ConfinedRoot(root);
        Assert.Null(confined.StatTarget("up"));
        Assert.Throws<Lxd.Linux.Disks.LinuxError>(() => confined.OpenRead("up"));
        Assert.Throws<Lxd.Linux.Disks.LinuxError>(() => confined.OpenRead("dir/secret"));
        using (var file = new StreamReader(confined.OpenRead("/abs")))
        {
            Assert.Equal("inside", file.ReadToEnd());
        }

        using (var made = new StreamWriter(confined.Create("/dir/made")))
        {
            made.Write("x");
        }

        Assert.True(File.Exists(Path.Combine(root, "made")));
        Assert.Equal("../secret", confined.ReadLink("up"));
    }

    [Fact]
    public void FilesAreMadeListedChangedAndRemoved()
    {
        using var confined = new ConfinedRoot(_home);
        confined.MakeParents("/a/b/file");
        confined.Create("/a/b/file", 0x180).Dispose();
        confined.SetMode("a/b/file", 0x1ff);
        confined.Symlink("file", "/a/b/link");
        Assert.Equal(["file", "link"], confined.List("/a/b"));
        Assert.Equal(0x1ffu, confined.Stat("/a/b/file")!.Permissions);
        Assert.True(confined.Stat("/a/b/link")!.IsLink);
        confined.Rename("/a/b/file", "/a/other");
        Assert.Null(confined.Stat("/a/b/file"));
        confined.Delete("/a/b/link");
        confined.Delete("/a/b");
        Assert.Equal(["other"], confined.List("a"));
    }
}
