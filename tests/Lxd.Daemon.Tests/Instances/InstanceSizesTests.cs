using Lxd.Core;
using Lxd.Daemon.Instances;

namespace Lxd.Daemon.Tests.Instances;

public sealed class InstanceSizesTests
{
    [Theory]
    [InlineData("c2-m4", "limits.cpu=2 limits.memory=4096MiB")]
    [InlineData("c0.5-m0.2", "limits.cpu=1 limits.cpu.allowance=50% limits.memory=204MiB")]
    [InlineData("c1.5", "limits.cpu=2 limits.cpu.allowance=75%")]
    [InlineData("m1", "limits.memory=1024MiB")]
    public void PartsOfAProcessorAreShares(string size, string limits) => Assert.Equal(limits, string.Join(' ', InstanceSizes.Limits(size).Select(l => $"{l.Key}={l.Value}")));

    [Fact]
    public void OthersAreUnknown() => Assert.Throws<ApiException>(() => InstanceSizes.Limits("t2.micro").ToList());
}
