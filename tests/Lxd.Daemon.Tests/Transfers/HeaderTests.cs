using Lxd.Core;
using Lxd.Daemon.Transfers;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Tests.Transfers;

/// <summary>The messages of a migration as they go over the wire.</summary>
public sealed class HeaderTests
{
    /// <summary>What LXD 5.0.2 sends for a custom volume with two snapshots on btrfs.</summary>
    private const string Recorded = "0801" + "22027330" + "22027331" + "2a0e0a0273302000300038004000480050" + "00" + "2a0e0a0273312000300038004000480050" + "00" + "42080801100118012001" + "6206080110011801" + "6801";

    [Fact]
    public void AnotherServersHeaderIsRead()
    {
        var header = MigrationHeader.Parse(Convert.FromHexString(Recorded));
        Assert.Equal((long)Transport.Btrfs, header.Kind);
        Assert.Equal(["s0", "s1"], header.Snapshots.Select(s => s.Name));
        Assert.Equal(default, header.Snapshots[0].Created);
        Assert.Equal(new RsyncFeatures(true, true, true, true), header.Rsync);
        Assert.True(header.Subvolumes);
        Assert.Equal(1, header.IndexVersion);
        Assert.False(header.Refresh);
    }

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        var header = new MigrationHeader
        {
            Kind = 1,
            IdMap = [new IdMapEntry(true, false, 1_000_000, 0, 65_536)],
            Rsync = new RsyncFeatures(true, false, true, false),
            Refresh = true,
            Subvolumes = true,
            IndexVersion = 1,
            Snapshots =
            [
                new MigrationSnapshot("snap ä")
                {
                    Architecture = "x86_64",
                    Config = new() { ["user.x"] = new string('y', 300) },
                    Devices = new() { ["root"] = new() { ["type"] = "disk", ["path"] = "/" } },
                    Profiles = ["default", "other"],
                    Created = new DateTime(2026, 11, 28, 21, 51, 6, DateTimeKind.Utc),
                },
            ],
        };
        var read = MigrationHeader.Parse(header.ToBytes());
        Assert.Equal(header.IdMap, read.IdMap);
        Assert.Equal((1, header.Rsync, true, true, 1), (read.Kind, read.Rsync, read.Refresh, read.Subvolumes, read.IndexVersion));
        var snapshot = Assert.Single(read.Snapshots);
        Assert.Equal("snap ä", snapshot.Name);
        Assert.Equal(header.Snapshots[0].Config, snapshot.Config);
        Assert.Equal(header.Snapshots[0].Devices["root"], snapshot.Devices["root"]);
        Assert.Equal(header.Snapshots[0].Profiles, snapshot.Profiles);
        Assert.Equal(header.Snapshots[0].Created, snapshot.Created);
        Assert.Equal(default, snapshot.Expires);
    }

    [Theory]
    [InlineData("22ff7f")]
    [InlineData("08")]
    [InlineData("0d00000000")]
    [InlineData("08ffffffffffffffffffffff")]
    public void WhatIsNoMessageIsRefused(string hex) => Assert.Equal(400, Assert.Throws<ApiException>(() => MigrationHeader.Parse(Convert.FromHexString(hex))).Status);

    [Fact]
    public void ASnapshotIsKnownByItsNameAndSecond()
    {
        var taken = new DateTime(2026, 11, 28, 21, 51, 6, DateTimeKind.Utc);
        Assert.True(new MigrationSnapshot("a") { Created = taken }.IsSame("a", taken.AddMilliseconds(500)));
        Assert.False(new MigrationSnapshot("a") { Created = taken }.IsSame("a", taken.AddSeconds(1)));
        Assert.False(new MigrationSnapshot("a") { Created = taken }.IsSame("b", taken));
        // LXD 5.0.2 tells no times of volumes.
        Assert.True(new MigrationSnapshot("a").IsSame("a", taken));
    }

    [Fact]
    public void AFailureIsToldFromAHeader()
    {
        Verdict.Check(Convert.FromHexString(Recorded));
        Verdict.Check(Convert.FromHexString("08011200"));
        var error = Assert.Throws<ApiException>(() => Verdict.Check(Convert.FromHexString("0800" + "1204" + "6f6f7073")));
        Assert.Contains("oops", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://1.2.3.4:8443/1.0/operations/x")]
    [InlineData("https://1.2.3.4:8443/1.0/instances/x")]
    [InlineData("file:///1.0/operations/x")]
    [InlineData("")]
    public void OnlyOperationsOverTlsAreConnectedTo(string url) =>
        Assert.Equal(400, Assert.Throws<ApiException>(() => new MigrationLink(url, "", new Dictionary<string, string> { ["control"] = "a", ["fs"] = "b" })).Status);
}
