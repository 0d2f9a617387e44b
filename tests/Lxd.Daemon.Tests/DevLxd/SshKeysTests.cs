using Lxd.Daemon.DevLxd;

namespace Lxd.Daemon.Tests.DevLxd;

public sealed class SshKeysTests
{
    [Theory]
    [InlineData("invalid", "invalid")]
    [InlineData("#!/bin/sh\ntrue", "#!/bin/sh\ntrue")]
    [InlineData(
        "## template: jinja\n#cloud-config\nruncmd:\n  - echo {{a.b}} > /x",
        "## template: jinja\n#cloud-config\nruncmd:\n- echo {{a.b}} > /x\nusers:\n- name: root\n  ssh-import-id:\n  - gh:u1 #lxd:cloud-init.ssh-keys\n  ssh_import_id:\n  - gh:u1 #lxd:cloud-init.ssh-keys\n")]
    [InlineData(
        "#cloud-config\nusers:\n  - name: root\n    ssh-import-id: gh:u2",
        "#cloud-config\nusers:\n- name: root\n  ssh-import-id:\n  - gh:u2\n  - gh:u1 #lxd:cloud-init.ssh-keys\n  ssh_import_id:\n  - gh:u1 #lxd:cloud-init.ssh-keys\n")]
    public void KeysComeWithWhatTheUserWrote(string data, string merged)
    {
        var config = new Dictionary<string, string> { ["cloud-init.user-data"] = data, ["cloud-init.ssh-keys.k"] = "root:gh:u1", ["cloud-init.ssh-keys.n"] = "none" };
        Assert.Equal(merged, SshKeys.Read(config, "cloud-init.user-data"));
    }

    [Fact]
    public void WithoutDataTheVendorsHasTheKeys()
    {
        var config = new Dictionary<string, string> { ["cloud-init.ssh-keys.k"] = "ubuntu:ssh-ed25519 AAAA me: #1" };
        Assert.Null(SshKeys.Read(config, "cloud-init.user-data"));
        Assert.Equal("#cloud-config\nusers:\n- name: ubuntu\n  ssh-authorized-keys:\n  - \"ssh-ed25519 AAAA me: #1\" #lxd:cloud-init.ssh-keys\n  ssh_authorized_keys:\n  - \"ssh-ed25519 AAAA me: #1\" #lxd:cloud-init.ssh-keys\n", SshKeys.Read(config, "cloud-init.vendor-data"));
    }
}
