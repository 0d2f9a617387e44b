using System.Text.RegularExpressions;
using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary><c>lxc file mount --listen</c>: an SFTP client that is not ours reads and writes the files of an instance.</summary>
public sealed class FilesOverSshTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task AnSftpClientReadsAndWrites()
    {
        var sh = fixture.Server.Shell;
        await sh.RunAsync("lxc launch bb ssh1");
        await using (var terminal = new Terminal(sh, "lxc file mount ssh1 --listen 127.0.0.1:12022"))
        {
            await terminal.SeeAsync("SSH SFTP listening on 127.0.0.1:12022");
            var fingerprint = Regex.Match(await terminal.LineAsync("SSH host key fingerprint: SHA256:"), @"^\S+").Value;
            var login = Regex.Match(await terminal.LineAsync("Login with username "), "\"(.+)\" and password \"(.+)\"");
            var curl = $"curl -sS --insecure --hostpubsha256 {fingerprint} --user {login.Groups[1].Value}:";
            await sh.RunAsync($"head -c 3000000 /dev/urandom >there && {curl}{login.Groups[2].Value} -T there sftp://127.0.0.1:12022/root/there");
            await sh.RunAsync($"{curl}{login.Groups[2].Value} sftp://127.0.0.1:12022/root/there | cmp - there && lxc exec ssh1 -- cat /root/there | cmp - there");
            await sh.FailsAsync($"{curl}wrong sftp://127.0.0.1:12022/root/there", "");
        }

        await sh.RunAsync("lxc delete -f ssh1");
    }

    [Fact]
    public async Task KeysAreRenewedAndChannelsGivenBackOnALongConnection()
    {
        var sh = fixture.Server.Shell;
        await sh.RunAsync("lxc launch bb ssh2");
        await using (var terminal = new Terminal(sh, "lxc file mount ssh2 --listen 127.0.0.1:12023 --no-auth"))
        {
            await terminal.SeeAsync("SSH SFTP listening on 127.0.0.1:12023");
            var options = "-oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null -oRekeyLimit=512K -oControlPath=$PWD/mux -P 12023";
            await sh.RunAsync($"head -c 5000000 /dev/urandom >long && printf 'put long /root/long\nget /root/long back\n' | sftp -b - {options} any@127.0.0.1 && cmp long back");
            await sh.RunAsync("ssh -fNM -oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null -oControlPath=$PWD/mux -p 12023 any@127.0.0.1");
            await sh.RunAsync($"for i in $(seq 20); do echo 'ls /root' | sftp -b - {options} any@127.0.0.1 >/dev/null || exit 1; done; ssh -oControlPath=$PWD/mux -O exit any@127.0.0.1");
        }

        await sh.RunAsync("lxc delete -f ssh2");
    }
}
