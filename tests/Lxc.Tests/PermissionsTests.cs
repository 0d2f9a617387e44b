using Lxc.Commands.Auth;
using Lxd.Core;

namespace Lxc.Tests;

public sealed class PermissionsTests
{
    [Theory]
    [InlineData("server admin", "/1.0", "admin")]
    [InlineData("project default operator", "/1.0/projects/default", "operator")]
    [InlineData("instance c1 can_exec project=p1", "/1.0/instances/c1?project=p1", "can_exec")]
    [InlineData("storage_volume v1 can_view project=p1 pool=local type=custom", "/1.0/storage-pools/local/volumes/custom/v1?project=p1", "can_view")]
    [InlineData("identity oidc/a@b.c can_view", "/1.0/auth/identities/oidc/a%40b.c", "can_view")]
    [InlineData("identity devlxd/foo can_view", "/1.0/auth/identities/bearer/foo", "can_view")]
    public void APermissionIsGivenByKindNameAndKeys(string words, string url, string entitlement)
    {
        var permission = GroupPermissions.Read([.. words.Split(' ')]);
        Assert.Equal(url, (string?)permission["url"]);
        Assert.Equal(entitlement, (string?)permission["entitlement"]);
    }

    [Theory]
    [InlineData("instance c1 can_exec")]
    [InlineData("storage_volume v1 can_view project=p1 type=custom")]
    [InlineData("instance_snapshot s1 can_view project=p1")]
    [InlineData("identity a@b.c can_view")]
    public void WhatIsNotNamedInFullIsRefused(string words) => Assert.Throws<ApiException>(() => GroupPermissions.Read([.. words.Split(' ')]));
}
