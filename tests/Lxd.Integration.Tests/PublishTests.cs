using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>Images made of containers, and what pools keep of images.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task APublishedImageHasWhatWasChangedOnTheContainer()
    {
        await using var server = await LabServer.StartReadyAsync("publish");
        var sh = server.Shell;
        await sh.RunAsync("lxc init bb c1 && lxc config template create c1 own.tpl && echo 'name={{ container.name }}' | lxc config template edit c1 own.tpl");
        await sh.RunAsync("lxc config metadata show c1 >m && python3 -c \"print(open('m').read().replace('templates: {}', '').rstrip() + '\\ntemplates:\\n  /etc/own:\\n    when: [create, copy]\\n    create_only: false\\n    template: own.tpl\\n    properties: {}')\" >m2 && lxc config metadata edit c1 <m2");
        await sh.RunAsync("lxc snapshot c1 s0 && lxc publish c1/s0 --alias made --format split --compression 'zstd -1' --expire 2099-01-02T03:04:05Z --public os=Mine");
        var image = await sh.RunAsync("lxc image show made");
        Assert.Contains("os: Mine", image, StringComparison.Ordinal);
        Assert.Contains("public: true", image, StringComparison.Ordinal);
        Assert.Contains("2099-01-02T03:04:05Z", image, StringComparison.Ordinal);
        await sh.RunAsync("lxc image export made out && tar -I zstd -tf out.root | grep -x ./bin/busybox && tar -I zstd -tf out | grep -x templates/own.tpl");
        await sh.RunAsync("lxc launch made c2");
        Assert.Equal("name=c2\n", await sh.RunAsync("lxc exec c2 -- cat /etc/own"));

        // A running one is stopped for it, and only when that is said; a name moves only when that is said.
        await sh.FailsAsync("lxc publish c2 --alias other", "currently running");
        await sh.RunAsync("lxc exec c2 -- touch /new && lxc publish c2 --alias other --force --compression none && lxc exec c2 -- test -e /new");
        await sh.RunAsync("lxc exec c2 -- touch /newer && lxc stop -f c2");
        await sh.FailsAsync("lxc publish c2 --alias other", "lready exists");
        await sh.RunAsync("lxc publish c2 --alias other --reuse --compression squashfs && lxc launch other c3 && lxc exec c3 -- test -e /newer");
        Assert.Equal("3\n", await sh.RunAsync("lxc image list -f csv | wc -l"));
    }

    [Fact]
    public async Task APoolUnpacksAnImageAgainWhenItsSettingsChange()
    {
        await using var server = await LabServer.StartReadyAsync("image-volumes", "btrfs");
        var sh = server.Shell;
        const string Volume = "$LXD_DIR/storage-pools/default/images/$(lxc image list -f csv -c F)";
        async Task<string> IdAsync() => (await sh.RunAsync($"btrfs subvolume show {Volume} | awk '/^\\tUUID:/ {{ print $2 }}'")).Trim();
        await sh.RunAsync("lxc init bb c1");
        var first = await IdAsync();
        await sh.RunAsync("lxc init bb c2");
        Assert.Equal(first, await IdAsync());
        await sh.RunAsync("lxc storage set default volume.size=1GiB && lxc init bb c3");
        Assert.NotEqual(first, await IdAsync());
        await sh.RunAsync("lxc image delete bb && test -z \"$(ls $LXD_DIR/storage-pools/default/images)\" && lxc start c1 c3");
    }
}
