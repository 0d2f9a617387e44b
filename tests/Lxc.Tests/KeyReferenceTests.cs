using System.Text.Json.Nodes;
using Lxc.Completion;

namespace Lxc.Tests;

public sealed class KeyReferenceTests
{
    private static readonly KeyReference Reference = new((JsonObject)JsonNode.Parse("""
        {
          "instance": {
            "limits": { "keys": [ { "limits.cpu": {} }, { "limits.cpu.priority": { "condition": "container" } }, { "limits.kernel.*": { "condition": "container" } }, { "limits.old": { "condition": "kept from older servers" } } ] },
            "other": { "keys": [ { "agent.nic_config": { "condition": "virtual machine" } }, { "user.*": {} }, { "volatile.uuid": {} }, { "image.*": {} } ] }
          },
          "storage-dir": { "pool-conf": { "keys": [ { "source": {} } ] }, "volume-conf": { "keys": [ { "size": {} } ] } },
          "device-gpu-physical": {}, "device-nic-bridged": {}, "device-nic-p2p": {}
        }
        """)!);

    [Theory]
    [InlineData("container", "", "limits.,user.")]
    [InlineData("virtual-machine", "", "agent.,limits.,user.")]
    [InlineData("container", "limits.", "limits.cpu.,limits.cpu=,limits.kernel.")]
    [InlineData("virtual-machine", "limits.", "limits.cpu=")]
    [InlineData("container", "limits.cpu.pri", "limits.cpu.priority=")]
    [InlineData("container", "user.", "")]
    public void KeysComeAPartAtATime(string type, string word, string expected) => Assert.Equal(expected, Joined(KeyReference.Steps(Reference.OfInstance(type), word, "=")));

    [Fact]
    public void AProfileHasTheKeysOfBothTypes() => Assert.Equal("agent.,limits.,user.", Joined(KeyReference.Steps(Reference.OfInstance(""), "", "")));

    [Fact]
    public void AGroupOfKeysIsAskedForByItsName()
    {
        Assert.Equal("size", Joined(Reference.Of("storage-dir", "volume-conf")));
        Assert.Equal("size,source", Joined(Reference.Of("storage-dir")));
        Assert.Empty(Reference.Of("storage-tape"));
    }

    [Fact]
    public void KindsOfDevicesAreThoseOfTheServer()
    {
        Assert.Equal("bridged,p2p", Joined(Reference.Variants("nic")));
        Assert.Equal("physical", Joined(Reference.Variants("gpu")));
    }

    private static string Joined(IEnumerable<string> words) => string.Join(',', words.Distinct().Order(StringComparer.Ordinal));
}
