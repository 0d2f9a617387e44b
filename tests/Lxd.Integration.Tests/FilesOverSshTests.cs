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
}
