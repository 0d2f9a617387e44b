using Lxd.Core.Api;

namespace Lxd.Core.Tests;

public sealed class NullAsDefaultTests
{
    [Fact]
    public void NullIsFalseOrZero()
    {
        Assert.False(Json.Parse<InstancesPost>("""{"name":"c1","ephemeral":null}""").Ephemeral);
        Assert.Equal(0u, Json.Parse<BackupConfig>("""{"version":null}""").Version);
    }

    [Fact]
    public void WhatIsNeitherIsRefused() => Assert.Equal(400, Assert.Throws<ApiException>(() => Json.Parse<InstancesPost>("""{"name":"c1","ephemeral":[]}""")).Status);
}
