using System.Text.Json.Nodes;
using Lxd.Daemon.Tests.Identities;

namespace Lxd.Daemon.Tests.Networks;

public sealed class BorrowedTests
{
    [Fact]
    public async Task WhatAProjectBorrowsIsToldAsItsOwn()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await daemon.PostAsync("/1.0/projects", new JsonObject { ["name"] = "p" });
        await daemon.PostAsync("/1.0/network-acls", new JsonObject { ["name"] = "a" });
        Assert.Equal("p", (string?)(await daemon.GetAsync("/1.0/network-acls?project=p&recursion=1"))![0]!["project"]);
        Assert.Equal("p", (string?)(await daemon.GetAsync("/1.0/network-acls/a?project=p"))!["project"]);
        Assert.Equal("default", (string?)(await daemon.GetAsync("/1.0/network-acls?all-projects=true&recursion=1"))![0]!["project"]);
    }
}
