using Lxd.Core.Api;

namespace Lxd.Core.Tests.Api;

public sealed class ApiTypesTests
{
    /// <summary>A type without its line in <see cref="ApiJson"/> would be found out by the first client that asks for it.</summary>
    [Fact]
    public void EveryTypeOfTheApiIsKnownToTheSerializer()
    {
        var types = typeof(ApiJson).Assembly.GetExportedTypes().Where(t => t.Namespace == "Lxd.Core.Api" && t is { IsClass: true, IsAbstract: false } && t != typeof(ApiJson));
        Assert.Empty(types.Where(t => !Json.Options.TryGetTypeInfo(t, out _)).Select(t => t.Name));
    }
}
