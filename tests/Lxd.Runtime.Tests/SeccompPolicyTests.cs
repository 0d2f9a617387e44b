using Lxd.Runtime.Interception;
using Lxd.Runtime.Lxc;

namespace Lxd.Runtime.Tests;

public sealed class SeccompPolicyTests
{
    private static readonly InstanceSpec Plain = new(new InstanceRef("c1", "/nowhere")) { Hostname = "c1", RootFs = "/nowhere" };

    [Fact]
    public void WhatForbidsNothingIsNoPolicy()
    {
        Assert.Contains("kexec_load", SeccompPolicy.Build(Plain), StringComparison.Ordinal);
        var open = Plain with { DenyDefaultSyscalls = false };
        Assert.Equal("", SeccompPolicy.Build(open));
        Assert.Contains("bpf", SeccompPolicy.Build(open with { SyscallsDenied = ["bpf errno 1"] }), StringComparison.Ordinal);
        Assert.Contains("mknod notify", SeccompPolicy.Build(open with { Intercept = new InterceptSettings { Mknod = true } }), StringComparison.Ordinal);
    }
}
