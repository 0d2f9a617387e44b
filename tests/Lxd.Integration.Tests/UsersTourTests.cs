using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>A new user's way as he types it: the questions of <c>lxd init</c>, an image server, a first container, a second machine.</summary>
public sealed class UsersTourTests
{
    [Theory]
    [InlineData("ours")]
    [InlineData("lxd-client")]
    public async Task FromTheFirstQuestionToASecondClient(string client)
    {
        await using var server = new LabServer($"user-{client}");
        await using var streams = await StreamsServer.StartAsync(server.Shell, "", "amd64", "i386");
        server.Environment["SSL_CERT_FILE"] = streams.CertificateFile;
        await server.StartAsync();
        await InitAsync(server.Shell);
        var sh = client == "ours" ? server.Shell : server.WithDebianClient();
        await sh.RunAsync("lxc config set core.trust_password secret");
        Assert.Equal("true\n", await sh.RunAsync("lxc config get core.trust_password"));
        await sh.RunAsync($"lxc remote add tuna-images {streams.Url} --protocol=simplestreams --public");
        Assert.Contains("ubuntu/20.04", await sh.RunAsync("lxc image list tuna-images:"));
        await sh.RunAsync("lxc image cp tuna-images:ubuntu/20.04 local: --copy-aliases --auto-update --public");
        Assert.Contains("ubuntu/20.04", await sh.RunAsync("lxc image list -f csv"));
        await sh.RunAsync("lxc init tuna-images:ubuntu/20.04/i386 focal32");
        Assert.Equal("i686\n", await sh.RunAsync("lxc query /1.0/instances/focal32 | jq -r .architecture"));
        await sh.RunAsync("lxc launch ubuntu/20.04 focal");
        await UseAsync(sh, "");
        await sh.RunAsync("lxc alias add rmi 'image rm' && lxc alias ls");
        await sh.RunAsync("lxc delete focal32 && lxc rmi ubuntu/20.04 && lxc alias rm rmi");
        var second = new Shell(new Dictionary<string, string>(sh.Environment) { ["LXD_CONF"] = Path.Combine(server.Home, "second"), ["LXD_DIR"] = Path.Combine(server.Home, "nowhere") }, sh.Directory);
        await second.FailsAsync("lxc remote add srv https://127.0.0.1:8443 --accept-certificate --password wrong", "");
        await second.RunAsync("lxc remote add srv https://127.0.0.1:8443 --accept-certificate --password secret");
        await second.RunAsync($"lxc remote add tuna-images {streams.Url} --protocol=simplestreams --public");
        await second.RunAsync("lxc image cp tuna-images:ubuntu/20.04 srv: --copy-aliases --auto-update --public");
        await second.RunAsync("lxc launch srv:ubuntu/20.04 srv:focal");
        await UseAsync(second, "srv:");
        await second.RunAsync("lxc image delete srv:ubuntu/20.04");
    }

    /// <summary>Every question by its text, most answered by Enter.</summary>
    private static async Task InitAsync(Shell sh)
    {
        await using var terminal = new Terminal(sh, "lxd init");
        await terminal.AnswerAsync("Would you like to use LXD clustering? (yes/no) [default=no]: ", "");
        await terminal.AnswerAsync("Do you want to configure a new storage pool? (yes/no) [default=yes]: ", "");
        await terminal.AnswerAsync("Name of the new storage pool [default=default]: ", "");
        await terminal.AnswerAsync("Name of the storage backend to use (", "dir");
        await terminal.AnswerAsync("Would you like to connect to a MAAS server? (yes/no) [default=no]: ", "");
        await terminal.AnswerAsync("Would you like to create a new local network bridge? (yes/no) [default=yes]: ", "");
        await terminal.AnswerAsync("What should the new bridge be called? [default=lxdbr0]: ", "");
        await terminal.AnswerAsync("What IPv4 address should be used?", "wrong");
        await terminal.AnswerAsync("What IPv4 address should be used?", "10.77.1.1/24");
        await terminal.AnswerAsync("Would you like LXD to NAT IPv4 traffic on your bridge?", "");
        await terminal.AnswerAsync("What IPv6 address should be used?", "none");
        await terminal.AnswerAsync("available over the network? (yes/no) [default=no]: ", "yes");
        await terminal.AnswerAsync("Address to bind LXD to (not including port) [default=all]: ", "127.0.0.1");
        await terminal.AnswerAsync("Port to bind LXD to [default=8443]: ", "");
        await terminal.AnswerAsync("Trust password for new clients: ", "other");
        await terminal.AnswerAsync("Again: ", "other");
        await terminal.AnswerAsync("Would you like stale cached images to be updated automatically? (yes/no) [default=yes]", "");
        await terminal.AnswerAsync("Would you like a YAML \"lxd init\" preseed to be printed? (yes/no) [default=no]: ", "yes");
        var end = await terminal.EndAsync();
        Assert.Equal(0, end.Code);
        Assert.Contains("ipv4.address: 10.77.1.1/24", end.Out);
        // The password is in the preseed that is printed, and only there: a terminal shows nothing of it while it is typed.
        Assert.DoesNotContain("for new clients: other", end.Out);
        Assert.Equal("10.77.1.1/24\n", await sh.RunAsync("lxc network get lxdbr0 ipv4.address"));
        Assert.Equal("dir\n", await sh.RunAsync("lxc query /1.0/storage-pools/default | jq -r .driver"));
    }

    private static async Task UseAsync(Shell sh, string remote)
    {
        var focal = remote + "focal";
        await sh.RunAsync($"lxc stop {focal} -f; lxc start {focal}");
        Assert.Contains("focal", await sh.RunAsync($"lxc list {remote}"));
        Assert.Contains("focal", await sh.RunAsync($"lxc list {remote} --fast"));
        Assert.Contains("focal", await sh.RunAsync($"lxc info {focal} --show-log"));
        await using (var terminal = new Terminal(sh, $"lxc exec {focal} -- /bin/sh"))
        {
            await terminal.AnswerAsync("# ", "echo in-$((40+2))");
            await terminal.SeeAsync("in-42");
            await terminal.AnswerAsync("# ", "exit 3");
            Assert.Equal(3, (await terminal.EndAsync()).Code);
        }

        await sh.RunAsync($"rm -f hosts && lxc file pull {focal}/etc/hosts . && test -s hosts");
        await sh.RunAsync($"lxc file push /etc/hosts {focal}/tmp/tmp && lxc exec {focal} -- cat /tmp/tmp | cmp - /etc/hosts");
        await sh.RunAsync($"lxc snapshot {focal} focal-s0; lxc restore {focal} focal-s0; lxc delete {focal}/focal-s0");
        await sh.RunAsync($"lxc delete -f {focal}");
    }
}
