using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;

namespace Lxd.Core.Tests.Config;

public sealed class SchemaTests
{
    [Theory]
    [InlineData("limits.cpu.priority", "11", false)]
    [InlineData("limits.cpu.priority", "5", true)]
    [InlineData("volatile.eth0.hwaddr", "00:16:3e:00:00:01", true)]
    [InlineData("user.anything", "x", true)]
    [InlineData("security.nesting", "maybe", false)]
    [InlineData("no.such", "1", false)]
    [InlineData("environment.LANG", "C.UTF-8", true)]
    [InlineData("environment.LANG", "C\nlxc.hook.start = /bin/false", false)]
    public void InstanceKeysAreChecked(string key, string value, bool good)
    {
        var config = new Dictionary<string, string> { [key] = value };
        if (good)
        {
            InstanceKeys.Schema.Validate(config);
        }
        else
        {
            Assert.Equal(400, Assert.Throws<ApiException>(() => InstanceKeys.Schema.Validate(config)).Status);
        }
    }

    [Fact]
    public void TheOtherTablesHaveNoDoubles()
    {
        Assert.NotNull(ServerKeys.Schema.Find("core.https_address"));
        Assert.NotNull(ProjectKeys.Schema.Find("features.images"));
        Assert.NotNull(NetworkKeys.Bridge.Find("ipv4.address"));
        Assert.NotNull(DeviceKeys.Disk.Find("source"));
    }

    [Fact]
    public void TheTypeOfAKeyIsItsCheck()
    {
        Assert.Throws<ApiException>(() => new ConfigKey("a", "bool").Check!("maybe"));
        Assert.Throws<ApiException>(() => new ConfigKey("a", "integer").Check!("many"));
        Assert.Null(new ConfigKey("a").Check);
        new ConfigKey("a", "integer", Check: Checks.Anything).Check!("many");
    }
}
