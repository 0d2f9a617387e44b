using System.Net;
using Lxd.Linux.Namespaces;

namespace Lxd.Linux.Tests.Namespaces;

public sealed class InterfacesTests
{
    [Fact]
    public async Task OwnNamespaceHasALoopback()
    {
        if (Environment.UserName != "root")
        {
            Console.WriteLine("skipped: entering a namespace needs root");
            return;
        }

        var loopback = Assert.Single(await Interfaces.ReadAsync(Environment.ProcessId), i => i.Name == "lo");
        Assert.True(loopback.IsLoopback);
        Assert.Equal(65536, loopback.Mtu);
        Assert.Contains(loopback.Addresses, a => a.Address.Equals(IPAddress.Loopback) && a.Prefix == 8);
    }
}
