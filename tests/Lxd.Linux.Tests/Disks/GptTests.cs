using Lxd.Linux.Disks;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Tests.Disks;

public sealed class GptTests : IDisposable
{
    private readonly string _disk = Path.GetTempFileName();

    public void Dispose() => File.Delete(_disk);

    [Fact]
    public async Task TheSecondTableFollowsTheEndOfADiskThatGrew()
    {
        await PartitionAsync();
        Assert.False(Gpt.MoveToEnd(_disk));
        Resize(64 << 20);
        Assert.True(Gpt.MoveToEnd(_disk));
        Assert.False(Gpt.MoveToEnd(_disk));
        var verified = await ProcessRunner.TryAsync("sfdisk", ["--verify", _disk], default);
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.Contains($"last-lba: {(64 << 20) / 512 - 34}", await ProcessRunner.RunAsync("sfdisk", ["--dump", _disk], default));
        // The second copy alone is enough to tell the partitions.
        await using (var file = File.OpenWrite(_disk))
        {
            file.Seek(512, SeekOrigin.Begin);
            file.Write(new byte[512]);
        }

        Assert.Contains("start=        2048, size=        8192", await ProcessRunner.RunAsync("sfdisk", ["--dump", _disk], default));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1100)]
    public async Task ATableThatIsNotSoundIsLeftAlone(int offset)
    {
        await PartitionAsync();
        Resize(64 << 20);
        await using (var file = new FileStream(_disk, FileMode.Open))
        {
            file.Seek(offset, SeekOrigin.Begin);
            var value = file.ReadByte();
            file.Seek(offset, SeekOrigin.Begin);
            file.WriteByte((byte)(value ^ 0xff));
        }

        var before = await File.ReadAllBytesAsync(_disk);
        Assert.False(Gpt.MoveToEnd(_disk));
        Assert.Equal(before, await File.ReadAllBytesAsync(_disk));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    [InlineData(1 << 20)]
    public void ADiskWithoutATableIsLeftAlone(int length)
    {
        Resize(length);
        Assert.False(Gpt.MoveToEnd(_disk));
        Assert.All(File.ReadAllBytes(_disk), b => Assert.Equal(0, b));
    }

    private Task<string> PartitionAsync()
    {
        Resize(16 << 20);
        return ProcessRunner.RunAsync("sfdisk", ["--quiet", _disk], default, "label: gpt\nstart=2048, size=8192\n");
    }

    private void Resize(long length)
    {
        using var file = File.OpenWrite(_disk);
        file.SetLength(length);
    }
}
