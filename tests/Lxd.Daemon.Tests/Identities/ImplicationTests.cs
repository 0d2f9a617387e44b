using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>What follows from what.</summary>
public sealed class ImplicationTests
{
    private static readonly string Default = Entity.OfProject("default").Url;
    private static readonly Entity C1 = Entity.Instance("default", "c1");

    private static Rights Given(params (string Url, string Entitlement)[] grants) => new(grants.ToHashSet(), Entity.Of(EntityKind.Identity, "", "tls", "me"), ["mine"]);

    [Fact]
    public void AnAdministratorMayDoEverything()
    {
        var rights = Given(("/1.0", "admin"));
        Assert.True(rights.IsAdmin);
        Assert.All(EntityKind.All, k => Assert.All(Entitlements.Of(k), e => Assert.True(rights.Has(Entity.Of(k, "p", "a", "b", "c"), e))));
    }

    [Fact]
    public void WithoutGrantsOneSeesOnlyOneself()
    {
        var rights = Given();
        foreach (var kind in EntityKind.All)
        {
            Assert.All(Entitlements.Of(kind), e => Assert.False(rights.Has(Entity.Of(kind, "p", "a", "b", "c"), e), $"{kind} {e}"));
        }

        Assert.True(rights.Has(Entity.Of(EntityKind.Identity, "", "tls", "me"), "can_view"));
        Assert.True(rights.Has(Entity.Of(EntityKind.Identity, "", "tls", "me"), "can_delete"));
        Assert.False(rights.Has(Entity.Of(EntityKind.Identity, "", "tls", "me"), "can_edit"));
        Assert.True(rights.Has(Entity.Of(EntityKind.Group, "", "mine"), "can_view"));
        Assert.False(rights.Has(Entity.Of(EntityKind.Group, "", "mine"), "can_edit"));
        Assert.True(rights.Has(Entity.Of(EntityKind.StoragePool, "", "any"), "can_view"));
    }

    [Theory]
    [InlineData("can_exec", true)]
    [InlineData("can_view", true)]
    [InlineData("can_edit", false)]
    [InlineData("can_delete", false)]
    [InlineData("can_update_state", true)]
    [InlineData("can_manage_backups", true)]
    public void AnOperatorOfAnInstanceRunsItButDoesNotChangeIt(string entitlement, bool expected) => Assert.Equal(expected, Given((C1.Url, "operator")).Has(C1, entitlement));

    [Theory]
    [InlineData("can_exec", true)]
    [InlineData("can_access_files", true)]
    [InlineData("can_view", true)]
    [InlineData("can_update_state", false)]
    [InlineData("can_manage_snapshots", false)]
    public void AUserOfAnInstanceWorksInIt(string entitlement, bool expected) => Assert.Equal(expected, Given((C1.Url, "user")).Has(C1, entitlement));

    [Fact]
    public void WhoMayEditMaySeeButNotMore()
    {
        var rights = Given((C1.Url, "can_edit"));
        Assert.True(rights.Has(C1, "can_view"));
        Assert.False(rights.Has(C1, "can_delete"));
        Assert.False(rights.Has(C1, "can_exec"));
        Assert.False(rights.Has(Entity.OfProject("default"), "can_view"));
        Assert.False(rights.Has(Entity.Instance("other", "c1"), "can_view"));
    }

    [Fact]
    public void AnOperatorOfAProjectDoesAllInItAndNothingToIt()
    {
        var rights = Given((Default, "operator"));
        foreach (var kind in EntityKind.All.Where(k => k.InProject))
        {
            Assert.All(Entitlements.Of(kind), e => Assert.True(rights.Has(Entity.Of(kind, "default", "a", "b", "c"), e), $"{kind} {e}"));
            Assert.All(Entitlements.Of(kind), e => Assert.False(rights.Has(Entity.Of(kind, "other", "a", "b", "c"), e), $"{kind} {e}"));
        }

        var project = Entity.OfProject("default");
        Assert.Equal(["can_edit", "can_delete"], Entitlements.Of(EntityKind.Project).Where(e => !rights.Has(project, e)));
    }

    [Fact]
    public void AViewerOfAProjectChangesNothing()
    {
        var rights = Given((Default, "viewer"));
        foreach (var kind in EntityKind.All.Where(k => k.InProject))
        {
            Assert.Equal(["can_view"], Entitlements.Of(kind).Where(e => rights.Has(Entity.Of(kind, "default", "a", "b", "c"), e)));
        }

        Assert.DoesNotContain(Entitlements.Of(EntityKind.Project).Where(e => rights.Has(Entity.OfProject("default"), e)), e => e.Contains("create") || e.Contains("edit") || e.Contains("delete") || e.Contains("manager"));
    }

    [Theory]
    [InlineData("viewer", "can_view_warnings", true)]
    [InlineData("viewer", "can_edit", false)]
    [InlineData("viewer", "can_create_projects", false)]
    [InlineData("project_manager", "can_create_projects", true)]
    [InlineData("project_manager", "can_create_storage_pools", false)]
    [InlineData("permission_manager", "can_edit_groups", true)]
    [InlineData("permission_manager", "can_view_warnings", false)]
    [InlineData("storage_pool_manager", "can_delete_storage_pools", true)]
    [InlineData("can_edit", "can_create_cluster_links", true)]
    [InlineData("can_edit", "admin", false)]
    [InlineData("can_edit_identities", "admin", false)]
    public void RightsOnTheServer(string granted, string asked, bool expected) => Assert.Equal(expected, Given(("/1.0", granted)).Has(Entity.Server, asked));

    [Fact]
    public void RightsOnTheServerReachIntoProjects()
    {
        Assert.True(Given(("/1.0", "project_manager")).Has(C1, "can_exec"));
        Assert.True(Given(("/1.0", "can_view_projects")).Has(C1, "can_view"));
        Assert.False(Given(("/1.0", "can_view_projects")).Has(C1, "can_exec"));
        Assert.True(Given(("/1.0", "can_edit_projects")).Has(C1, "can_edit"));
        Assert.False(Given(("/1.0", "can_edit_projects")).Has(C1, "can_delete"));
        Assert.False(Given(("/1.0", "can_create_projects")).Has(C1, "can_view"));
    }

    [Fact]
    public void TheBeginningOfAFingerprintNamesTheImage()
    {
        var rights = Given((Entity.Of(EntityKind.Image, "default", "abcdef123456").Url, "can_edit"));
        Assert.True(rights.Has(Entity.Of(EntityKind.Image, "default", "abcdef"), "can_edit"));
        Assert.False(rights.Has(Entity.Of(EntityKind.Image, "default", "abcdee"), "can_edit"));
        Assert.False(rights.Has(Entity.Of(EntityKind.Image, "other", "abcdef"), "can_edit"));
        Assert.False(rights.Has(Entity.Of(EntityKind.Image, "default", ""), "can_edit"));
    }

    [Theory]
    [InlineData("/1.0/instances/c1/snapshots/s?project=p", "instance", "/1.0/instances/c1?project=p")]
    [InlineData("/1.0/containers/c1", "instance", "/1.0/instances/c1?project=default")]
    [InlineData("/1.0/storage-pools/a/volumes/custom/v/backups/b", "storage_volume", "/1.0/storage-pools/a/volumes/custom/v?project=default")]
    [InlineData("/1.0/storage-pools/a/volumes", "storage_pool", "/1.0/storage-pools/a")]
    [InlineData("/1.0/images/aliases/x%2Fy", "image_alias", "/1.0/images/aliases/x%2Fy?project=default")]
    [InlineData("/1.0/auth/identities/oidc/a@b.c", "identity", "/1.0/auth/identities/oidc/a@b.c")]
    [InlineData("/1.0", "server", "/1.0")]
    public void UrlsNameThings(string url, string kind, string expected)
    {
        var entity = Entity.Parse(url)!.Value;
        Assert.Equal(kind, entity.Kind.Name);
        Assert.Equal(expected, entity.Url);
    }

    [Theory]
    [InlineData("/1.0/instances")]
    [InlineData("/1.0/instances/")]
    [InlineData("/1.0/operations/x")]
    [InlineData("")]
    public void OtherUrlsNameNone(string url) => Assert.Null(Entity.Parse(url));
}
