using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>A folder of the daemon is a disk of its own, and full: what needs room there says so and leaves nothing, the rest works, and everything does when there is room again.</summary>
public sealed class FullFolderTests
{
    [Theory]
    [InlineData("storage-pools/default", "lxc launch bb w1$x", "lxc copy keep$x w2$x", "lxc file push big keep$x/root/big", "lxc import backup.tar w3$x", "lxc storage volume import default volume.tar v1")]
    [InlineData("images", "lxc image import other.tar.gz", "lxc publish idle$x --alias mine")]
    [InlineData("backups", "lxc export keep$x out.tar", "lxc storage volume export default v out.tar")]
    [InlineData("logs", "lxc start idle$x")]
    public async Task WhatNeedsRoomSaysSo(string folder, params string[] refused)
    {
        await using var server = new LabServer("full-folder");
        var sh = server.Shell;
        var mark = server.Environment["x"] = Guid.NewGuid().ToString("N")[..8];
        Directory.CreateDirectory(server.Dir);
        await sh.RunAsync($"mkdir -p $LXD_DIR/{folder} && mount -t tmpfs -o size=60M,mode=711 lxdlab $LXD_DIR/{folder} && chmod 711 $LXD_DIR");
        await server.StartAsync();
        await sh.RunAsync($"lxd init --auto --storage-backend dir && lxc image import {await Images.BusyboxAsync()} --alias bb && lxc launch bb keep$x && lxc launch bb idle$x && lxc stop -f idle$x && lxc storage volume create default v && head -c 3M /dev/urandom >big");
        await sh.RunAsync("mkdir -p t/rootfs && printf 'architecture: x86_64\\ncreation_date: 1700000000\\n' >t/metadata.yaml && cp big t/rootfs && tar czf other.tar.gz -C t .");
        await sh.RunAsync("lxc init bb w1$x && lxc file push big w1$x/root/big && lxc export w1$x backup.tar --compression none && lxc delete w1$x");
        await sh.RunAsync("lxc storage volume attach default v keep$x v /v && lxc file push big keep$x/v/big && lxc storage volume export default v volume.tar --compression none && lxc file push big keep$x/root/more");
        var held = await Footprint.OfAsync(server, mark);
        var shown = await sh.RunAsync("lxc list -f csv -c ns; lxc image list -f csv -c fl; lxc storage volume list default -f csv");
        var filler = $"$LXD_DIR/{folder}/filler";
        await sh.TryAsync($"dd if=/dev/zero of={filler} bs=64k; dd if=/dev/zero of={filler}2 bs=1k");

        foreach (var line in refused)
        {
            var answer = await sh.TryAsync("timeout 60 " + line);
            Assert.True(answer.Code is not (0 or 124) && (answer.Err + answer.Out).Contains("No space left", StringComparison.OrdinalIgnoreCase), $"{folder}: {line}: {answer}");
        }

        await sh.RunAsync("lxc list && lxc image list && lxc config set keep$x user.x=$RANDOM && lxc info keep$x");
        await sh.RunAsync($"rm {filler} {filler}2; rm -f out.tar");
        Assert.Equal(shown, await sh.RunAsync("lxc list -f csv -c ns; lxc image list -f csv -c fl; lxc storage volume list default -f csv"));
        await Footprint.SameAsync(held, server, mark, folder);
        foreach (var line in refused)
        {
            await sh.RunAsync(line);
        }

        await sh.RunAsync("for c in $(lxc list -f csv -c n); do lxc delete -f $c; done");
    }
}
