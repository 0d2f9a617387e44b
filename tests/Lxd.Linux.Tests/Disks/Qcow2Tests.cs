using Lxd.Core;
using Lxd.Linux.Disks;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Tests.Disks;

public sealed class Qcow2Tests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lxd-qcow2-").FullName;

    private string Disk => Path.Combine(_directory, "disk.qcow2");

    public void Dispose() => Directory.Delete(_directory, true);

    [Theory]
    [InlineData("compat=0.10")]
    [InlineData("compat=1.1")]
    public async Task GoesThereAndBack(string options)
    {
        var raw = Path.Combine(_directory, "raw");
        await File.WriteAllBytesAsync(raw, [.. new byte[1 << 20], .. Enumerable.Repeat((byte)7, 1 << 16), .. new byte[1 << 20]]);
        await Qcow2.PackAsync(raw, Disk, default);
        await ProcessRunner.RunAsync("qemu-img", ["amend", "-f", "qcow2", "-o", options, Disk], default);
        Assert.Equal(new FileInfo(raw).Length, Qcow2.ReadSize(Disk));
        await Qcow2.UnpackAsync(Disk, raw + "2", default);
        Assert.Equal(await File.ReadAllBytesAsync(raw), await File.ReadAllBytesAsync(raw + "2"));
    }

    [Fact]
    public async Task ADiskThatLiesOnAnotherFileIsRefused()
    {
        await MakeAsync("-b", "/etc/passwd", "-F", "raw");
        Assert.Contains("other files", Assert.Throws<ApiException>(() => Qcow2.ReadSize(Disk)).Message);
    }

    [Fact]
    public async Task ADiskWhoseDataIsInAnotherFileIsRefused()
    {
        await MakeAsync("-o", $"data_file={Disk}.data,data_file_raw=on");
        Assert.Contains("other files", Assert.Throws<ApiException>(() => Qcow2.ReadSize(Disk)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("QFI")]
    [InlineData("a raw disk that is long enough to have a header if it were one, which it is not in the least")]
    public async Task WhatIsNoSuchDiskIsRefused(string content)
    {
        await File.WriteAllTextAsync(Disk, content);
        Assert.Equal(400, Assert.Throws<ApiException>(() => Qcow2.ReadSize(Disk)).Status);
    }

    [Theory]
    [InlineData(24, 0x7f, "invalid header")]
    [InlineData(7, 9, "invalid header")]
    [InlineData(35, 2, "encrypted")]
    public async Task AHeaderThatSaysSomethingElseIsRefused(int offset, byte value, string words)
    {
        await MakeAsync();
        await using (var file = File.OpenWrite(Disk))
        {
            file.Seek(offset, SeekOrigin.Begin);
            file.WriteByte(value);
        }

        Assert.Contains(words, Assert.Throws<ApiException>(() => Qcow2.ReadSize(Disk)).Message);
    }

    private Task<string> MakeAsync(params string[] options) => ProcessRunner.RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", .. options, Disk, "64M"], default);
}
