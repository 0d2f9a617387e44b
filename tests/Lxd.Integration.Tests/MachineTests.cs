using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>Virtual machines that do not run, on both kinds of pools: their disks, images and backups.</summary>
public sealed class MachineTests
{
    [Theory]
    [InlineData("dir", "btrfs")]
    [InlineData("btrfs", "dir")]
    public async Task AMachineAtRest(string pool, string other)
    {
        await using var server = await LabServer.StartReadyAsync($"machine-{pool}", pool);
        var sh = server.Shell;
        await sh.RunAsync($"lxc storage create other {other}" + (other == "btrfs" ? " size=1GiB" : ""));
        await MakeImagesAsync(sh);
        await EmptyAsync(sh);
        await FromImagesAsync(sh);
        await SnapshotsAsync(sh);
        await MovesAsync(sh);
        await PublishAsync(sh);
        await BackupsAsync(sh);
        await VolumesAsync(sh);
        await sh.RunAsync("lxc delete v1 v2 && lxc image delete unified split");
        Assert.Equal("", await sh.RunAsync("ls -A $LXD_DIR/virtual-machines $LXD_DIR/virtual-machines-snapshots $LXD_DIR/storage-pools/*/virtual-machines* | grep -v ':$' | grep . || true"));
        Assert.Equal("", await sh.RunAsync("ls $LXD_DIR/images | grep -v $(lxc image info bb | awk '/^Fingerprint/ {print $2}') || true"));
    }

    [Fact]
    public async Task HostileImages()
    {
        await using var server = await LabServer.StartReadyAsync("machine-hostile");
        var sh = server.Shell;
        await MakesNothingAsync(sh, "qemu-img create -q -f qcow2 -b /etc/passwd -F raw rootfs.img 1M", "refers to other files");
        await MakesNothingAsync(sh, "truncate -s 1M rootfs.img", "not in the qcow2 format");
        await MakesNothingAsync(sh, "qemu-img create -q -f qcow2 rootfs.img 1M && printf '\\001' | dd of=rootfs.img bs=1 seek=47 conv=notrunc status=none", "qemu-img");
        await MakesNothingAsync(sh, "ln -s /etc/passwd rootfs.img", "non-regular file");
        await sh.RunAsync($"{Metadata} && rm rootfs.img && qemu-img create -q -f qcow2 rootfs.img 1M && echo precious > ../victim && ln -s {server.Home}/victim root.img");
        await BringsNoDiskAsync(sh, "tar czf image metadata.yaml rootfs.img root.img && lxc image import image --alias own");
        // A squashfs tells no order of its files: its second file says what the image is.
        await BringsNoDiskAsync(sh, "mksquashfs metadata.yaml rootfs.img root.img packed -quiet -no-progress >/dev/null && lxc image import packed rootfs.img --alias own");
    }

    private static async Task MakesNothingAsync(Shell sh, string make, string words)
    {
        await sh.RunAsync($"{Metadata} && rm -f rootfs.img && {make} && tar cf image.tar metadata.yaml rootfs.img && lxc image import image.tar --alias hostile");
        await sh.FailsAsync("lxc init hostile v1 --vm", words);
        Assert.Equal("", await sh.RunAsync("lxc list -f csv; ls -A $LXD_DIR/storage-pools/default/virtual-machines"));
        await sh.RunAsync("lxc image delete hostile");
        Assert.Equal("1\n", await sh.RunAsync("ls $LXD_DIR/images | wc -l"));
    }

    /// <summary>Whatever an image has beside its disk is not taken for the server's own files.</summary>
    private static async Task BringsNoDiskAsync(Shell sh, string import)
    {
        await sh.RunAsync($"{import} && lxc init own v1 --vm -d root,size=16MiB");
        Assert.Equal("backup.yaml\nmetadata.yaml\nroot.img\n", await sh.RunAsync("ls $LXD_DIR/virtual-machines/v1/"));
        Assert.Equal("regular file 16777216\n", await sh.RunAsync("stat -c '%F %s' $LXD_DIR/virtual-machines/v1/root.img"));
        Assert.Equal("precious\n", await sh.RunAsync("cat ../victim"));
        await sh.RunAsync("lxc delete v1 && lxc image delete own");
    }

    /// <summary>One name of an image server is a container's and a virtual machine's image.</summary>
    [Fact]
    public async Task AnImageServerHasBothUnderOneName()
    {
        await using var server = new LabServer("machine-streams");
        await using var streams = await StreamsServer.StartAsync(server.Shell, "f() { qemu-img create -q -f qcow2 $1 24M; }; f", "amd64");
        server.Environment["SSL_CERT_FILE"] = streams.CertificateFile;
        await server.StartAsync();
        var sh = server.Shell;
        await sh.RunAsync("lxd init --auto --storage-backend dir");
        await sh.RunAsync($"lxc remote add far {streams.Url} --protocol=simplestreams");
        Assert.Equal("CONTAINER\nVIRTUAL-MACHINE\n", await sh.RunAsync("lxc image list far: -f csv -c t | sort"));
        await sh.RunAsync("lxc init far:ubuntu/20.04 c1 && lxc init far:ubuntu/20.04 v1 --vm -d root,size=24MiB");
        Assert.Equal("c1,CONTAINER\nv1,VIRTUAL-MACHINE\n", await sh.RunAsync("lxc list -f csv -c nt"));
        Assert.Equal("25165824\n", await sh.RunAsync("stat -c %s $LXD_DIR/virtual-machines/v1/root.img"));
        await sh.RunAsync("lxc image copy far:ubuntu/20.04 local: --vm --alias machine && lxc init machine v2 -d root,size=24MiB");
        Assert.Equal("v2,VIRTUAL-MACHINE\n", await sh.RunAsync("lxc list -f csv -c nt v2"));
        await sh.RunAsync("lxc delete c1 v1 v2");
    }

    private const string Metadata = "printf 'architecture: %s\\ncreation_date: 1600000000\\nproperties: {os: test}\\ntemplates:\\n  /etc/name: {when: [create], template: name.tpl}\\n' $(uname -m) > metadata.yaml";

    private static async Task MakeImagesAsync(Shell sh)
    {
        await sh.RunAsync($"{Metadata} && mkdir templates && echo name > templates/name.tpl");
        await sh.RunAsync("truncate -s 32M raw && printf disk | dd of=raw bs=1 seek=1000000 conv=notrunc status=none && qemu-img convert -f raw -O qcow2 raw rootfs.img");
        await sh.RunAsync("tar cf unified.tar metadata.yaml templates rootfs.img && tar cJf meta.tar.xz metadata.yaml templates");
        await sh.RunAsync("lxc image import unified.tar --alias unified && lxc image import meta.tar.xz rootfs.img --alias split");
        Assert.Equal("split,VIRTUAL-MACHINE\nunified,VIRTUAL-MACHINE\n", await sh.RunAsync("lxc image list -f csv -c lt type=virtual-machine"));
        Assert.Equal("bb\n", await sh.RunAsync("lxc image list -f csv -c l type=container"));
        await sh.RunAsync("lxc image export split exported && cmp exported.root rootfs.img && cmp exported meta.tar.xz");
        await sh.RunAsync("lxc image export unified exported && cmp exported.tar unified.tar");
    }

    private static async Task EmptyAsync(Shell sh)
    {
        await sh.RunAsync("lxc init v1 --vm --empty -c limits.cpu=2 -d root,size=64MiB");
        Assert.Equal("v1,STOPPED,VIRTUAL-MACHINE,0\n", await sh.RunAsync("lxc list -f csv -c nstS"));
        Assert.Equal("67108864\n", await sh.RunAsync("stat -c %s $LXD_DIR/virtual-machines/v1/root.img"));
        Assert.Equal("virtual-machine,v1,block\n", await sh.RunAsync("lxc storage volume list default -f csv -c tnc type=virtual-machine"));
        await sh.FailsAsync("lxc start v1", "Instance type \"virtual-machine\" is not supported on this server");
        Assert.Equal("v1,STOPPED\n", await sh.RunAsync("lxc list -f csv -c ns"));
        await sh.FailsAsync("lxc config set v1 raw.lxc lxc.aa_profile=unconfined", "Unknown configuration key: raw.lxc");
        await sh.FailsAsync("lxc config device add v1 n unix-char path=/dev/null", "Unsupported device type");
        await sh.FailsAsync("lxc exec v1 -- true", "not running");
        await sh.RunAsync("printf 'label: gpt\nstart=2048\n' | sfdisk -q $LXD_DIR/virtual-machines/v1/root.img");
        await sh.RunAsync("lxc config set v1 security.secureboot=false && lxc config device set v1 root size=128MiB size.state=200MiB");
        Assert.Equal("134217728\n", await sh.RunAsync("stat -c %s $LXD_DIR/virtual-machines/v1/root.img"));
        Assert.Equal("", await sh.RunAsync("sfdisk --verify $LXD_DIR/virtual-machines/v1/root.img 2>&1 >/dev/null"));
        await sh.FailsAsync("lxc config device set v1 root size=64MiB", "cannot be shrunk");
    }

    private static async Task FromImagesAsync(Shell sh)
    {
        await sh.RunAsync("lxc init split v2 --vm && lxc init unified v3 --vm -d root,size=48MiB");
        Assert.Equal("10737418240\n50331648\n", await sh.RunAsync("stat -c %s $LXD_DIR/virtual-machines/v[23]/root.img"));
        await sh.RunAsync("for v in v2 v3; do cmp -n 33554432 raw $LXD_DIR/virtual-machines/$v/root.img; done");
        Assert.Equal("backup.yaml\nmetadata.yaml\nroot.img\ntemplates\n", await sh.RunAsync("ls $LXD_DIR/virtual-machines/v3/"));
        await sh.FailsAsync("lxc init split v4 --vm -d root,size=16MiB", "Source image size (33554432) exceeds specified volume size (16777216)");
        await sh.RunAsync("lxc init split v4 -d root,size=32MiB && lxc list -f csv -c t v4 | grep -q VIRTUAL && lxc delete v4");
        await sh.FailsAsync("lxc init bb v4 --vm", "Asked for a VM but image is of type container");
        await sh.FailsAsync("lxc query -X POST --wait /1.0/instances -d '{\"name\": \"v4\", \"type\": \"virtual-machine\", \"source\": {\"type\": \"image\", \"alias\": \"bb\"}}'", "doesn't match instance type");
        Assert.Equal("os: test\n", await sh.RunAsync("lxc config metadata show v3 | grep -o 'os: test'"));
        Assert.Contains("name.tpl", await sh.RunAsync("lxc config template list v3"));
        await sh.RunAsync("lxc rebuild v3 --empty && ! cmp -s -n 33554432 raw $LXD_DIR/virtual-machines/v3/root.img && lxc rebuild unified v3 && cmp -n 33554432 raw $LXD_DIR/virtual-machines/v3/root.img");
    }

    private static async Task SnapshotsAsync(Shell sh)
    {
        await sh.RunAsync("lxc snapshot v3 s0 && printf X | dd of=$LXD_DIR/virtual-machines/v3/root.img conv=notrunc status=none");
        Assert.Equal("X", await sh.RunAsync("head -c 1 $LXD_DIR/virtual-machines/v3/root.img"));
        await sh.RunAsync("lxc restore v3 s0 && cmp -n 33554432 raw $LXD_DIR/virtual-machines/v3/root.img");
        await sh.RunAsync("lxc copy v3 v4 && lxc copy v3/s0 v5 && lxc rename v4 v6");
        Assert.Equal("v1,0\nv2,0\nv3,1\nv5,0\nv6,1\n", await sh.RunAsync("lxc list -f csv -c nS"));
        await sh.RunAsync("printf Y | dd of=$LXD_DIR/virtual-machines/v6/root.img conv=notrunc status=none && lxc copy v3 v6 --refresh && cmp $LXD_DIR/virtual-machines/v3/root.img $LXD_DIR/virtual-machines/v6/root.img && lxc delete v5 v6");
        await sh.FailsAsync("lxc snapshot v3 s1 --stateful", "stateful");
    }

    private static async Task MovesAsync(Shell sh)
    {
        await sh.RunAsync("lxc move v3 -s other && cmp -n 33554432 raw $LXD_DIR/virtual-machines/v3/root.img && lxc restore v3 s0");
        Assert.Equal("v3,other,1\n", await sh.RunAsync("lxc list -f csv -c nbS v3"));
        await sh.RunAsync("lxc copy v3 v5 -s default && lxc copy v3 v5 --refresh && cmp $LXD_DIR/virtual-machines/v3/root.img $LXD_DIR/virtual-machines/v5/root.img && lxc delete v5");
        await sh.RunAsync("lxc project create p -c features.profiles=false -c features.images=false && lxc move v3 v3 --target-project p");
        Assert.Equal("v3,VIRTUAL-MACHINE\n", await sh.RunAsync("lxc list --project p -f csv -c nt && stat -c '' $LXD_DIR/virtual-machines/p_v3/root.img | grep . || true"));
        await sh.RunAsync("lxc move v3 v3 --project p --target-project default && lxc project delete p");
    }

    private static async Task PublishAsync(Shell sh)
    {
        await sh.RunAsync("lxc publish v3 --alias one && lxc publish v3/s0 --alias two --format split");
        await sh.RunAsync("lxc image export one one && tar xf one.tar.gz rootfs.img -O > disk && qemu-img info disk | grep -q 'file format: qcow2'");
        await sh.RunAsync("lxc init one w1 --vm -d root,size=48MiB && lxc init two w2 --vm -d root,size=48MiB");
        await sh.RunAsync("for w in w1 w2; do cmp $LXD_DIR/virtual-machines/v3/root.img $LXD_DIR/virtual-machines/$w/root.img; done");
        Assert.Contains("name.tpl", await sh.RunAsync("lxc config template list w1"));
        await sh.RunAsync("lxc delete w1 w2 && lxc image delete one two");
    }

    private static async Task BackupsAsync(Shell sh)
    {
        await sh.RunAsync("lxc export v3 plain.tar.gz && lxc export v3 own.tar.gz --optimized-storage");
        Assert.Equal(
            "backup/virtual-machine-snapshots/s0.img\nbackup/virtual-machine-snapshots/s0/metadata.yaml\nbackup/virtual-machine.img\nbackup/virtual-machine/metadata.yaml\n",
            await sh.RunAsync("tar tf plain.tar.gz | grep -e img -e metadata | sort"));
        await sh.RunAsync("cp $LXD_DIR/virtual-machines/v3/root.img before && lxc delete v3 && lxc import plain.tar.gz && lxc import own.tar.gz v4");
        await sh.RunAsync("for v in v3 v4; do cmp before $LXD_DIR/virtual-machines/$v/root.img && lxc restore $v s0; done");
        Assert.Equal("v3,STOPPED,VIRTUAL-MACHINE,1\nv4,STOPPED,VIRTUAL-MACHINE,1\n", await sh.RunAsync("lxc list -f csv -c nstS | grep 'v[34]'"));
        await sh.RunAsync("lxc delete v3 v4");
    }

    private static async Task VolumesAsync(Shell sh)
    {
        await sh.RunAsync("lxc storage volume create default b --type=block size=16MiB && lxc storage volume attach default b v1");
        await sh.FailsAsync("lxc storage volume attach default b v2", "security.shared");
        await sh.RunAsync("lxc storage volume export default b b.tar.gz && lxc storage volume import other b.tar.gz b");
        Assert.Equal("16777216\n", await sh.RunAsync("stat -c %s $LXD_DIR/storage-pools/other/custom/default_b/root.img"));
        await sh.RunAsync("lxc storage volume detach default b v1 && lxc storage volume delete default b && lxc storage volume delete other b");
    }
}
