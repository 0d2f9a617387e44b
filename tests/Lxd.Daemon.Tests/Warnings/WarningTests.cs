using Lxd.Daemon.Instances;
using Lxd.Daemon.Warnings;

namespace Lxd.Daemon.Tests.Warnings;

public sealed class WarningTests
{
    [Fact]
    public async Task TheSameWarningIsCountedAndCanBeAcknowledgedAndRemoved()
    {
        await using var daemon = await StartAsync();
        var service = daemon.Daemon.Warnings;
        await service.RaiseAsync(WarningKind.NetworkUnavailable, WarningSubject.Server, "first", CancellationToken.None);
        await service.RaiseAsync(WarningKind.NetworkUnavailable, WarningSubject.Server, "second", CancellationToken.None);
        await service.RaiseAsync(WarningKind.NetworkUnavailable, new WarningSubject("default"), "in a project", CancellationToken.None);
        var all = (await daemon.GetAsync("/1.0/warnings?recursion=1"))!.AsArray();
        Assert.Equal(2, all.Count);
        var warning = all.Single(w => (string?)w!["last_message"] == "second")!;
        Assert.Equal(2, (int)warning["count"]!);
        Assert.Equal("high", (string?)warning["severity"]);
        Assert.Equal("Network unavailable", (string?)warning["type"]);
        Assert.Single((await daemon.GetAsync("/1.0/warnings?project=default"))!.AsArray());

        var url = $"/1.0/warnings/{warning["uuid"]}";
        Assert.Equal(400, (await daemon.SendAsync("PUT", url, """{"status":"resolved"}""")).Status);
        Assert.Equal(200, (await daemon.SendAsync("PUT", url, """{"status":"acknowledged"}""")).Status);
        Assert.Equal("acknowledged", (string?)(await daemon.GetAsync(url))!["status"]);
        Assert.Equal(200, (await daemon.SendAsync("DELETE", url)).Status);
        Assert.Equal(404, (await daemon.SendAsync("GET", url)).Status);
    }

    [Fact]
    public async Task AResolvedWarningThatComesBackIsNewAgain()
    {
        await using var daemon = await StartAsync();
        var service = daemon.Daemon.Warnings;
        await service.RaiseAsync(WarningKind.StoragePoolUnavailable, WarningSubject.Server, "gone", CancellationToken.None);
        await service.ResolveAsync(WarningKind.StoragePoolUnavailable, WarningSubject.Server, CancellationToken.None);
        Assert.Equal("resolved", (string?)(await daemon.GetAsync("/1.0/warnings?recursion=1"))![0]!["status"]);
        await service.RaiseAsync(WarningKind.StoragePoolUnavailable, WarningSubject.Server, "gone again", CancellationToken.None);
        Assert.Equal("new", (string?)(await daemon.GetAsync("/1.0/warnings?recursion=1"))![0]!["status"]);
    }

    [Fact]
    public async Task WhatTheHostLacksIsToldAndResolvedWhenItIsThere()
    {
        await using var daemon = await StartAsync();
        var (there, lacking) = (WarningKind.MissingMemory, WarningKind.MissingHugetlb);
        var host = new HostWarnings(daemon.Daemon.Warnings, name => name != "hugetlb");
        await daemon.Daemon.Warnings.RaiseAsync(there, WarningSubject.Server, "of the last start", CancellationToken.None);
        await host.TellAsync(CancellationToken.None);
        await host.TellAsync(CancellationToken.None);
        var all = (await daemon.GetAsync("/1.0/warnings?recursion=1"))!.AsArray();
        Assert.Equal("resolved", (string?)all.Single(w => (string?)w!["type"] == there.Words)!["status"]);
        Assert.Equal(("new", 2), ((string?)all.Single(w => (string?)w!["type"] == lacking.Words)!["status"], (int)all.Single(w => (string?)w!["type"] == lacking.Words)!["count"]!));
        Assert.DoesNotContain(all, w => (string?)w!["type"] == WarningKind.MissingPids.Words);
    }

    [Fact]
    public async Task AnUnknownProjectIsNotFound()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(404, (await daemon.SendAsync("GET", "/1.0/warnings?project=nonexistent")).Status);
    }

    /// <summary>Without the warnings of the host that the tests run on.</summary>
    private static async Task<TestDaemon> StartAsync()
    {
        var daemon = await TestDaemon.StartAsync();
        foreach (var url in (await daemon.GetAsync("/1.0/warnings"))!.AsArray())
        {
            await daemon.SendAsync("DELETE", (string)url!);
        }

        return daemon;
    }
}
