[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Lxd.Integration.Tests.Lab;

/// <summary>One ready server for a class of tests that leave it as they found it.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public LabServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await LabServer.StartReadyAsync("shared");

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
