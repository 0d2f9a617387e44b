using Lxd.Daemon;
using Lxd.Daemon.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lxd.Guard.Tests;

/// <summary>A daemon put together and not started, to look at what it is made of.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lxdguard");

    public Server() => Daemon = new Composition(new DaemonOptions(_directory.FullName), NullLoggerFactory.Instance);

    public Composition Daemon { get; }

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        _directory.Delete(true);
    }
}
