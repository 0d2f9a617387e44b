using Lxd.Daemon.Http;

namespace Lxd.Daemon.Resources;

/// <summary><c>/1.0/resources</c>: the hardware, read anew each time.</summary>
internal sealed class ResourcesEndpoints
{
    public void Map(Router router) => router.Map("GET", "/1.0/resources", Access.Server("can_view_resources"), GetAsync);

    public static Core.Api.Resources Read() => new()
    {
        Cpu = CpuReader.Read(),
        Memory = MemoryReader.Read(),
        Gpu = PciReader.ReadGpus(),
        Network = NetworkReader.Read(),
        Storage = DiskReader.Read(),
        Usb = PciReader.ReadUsb(),
        Pci = PciReader.Read(),
        System = SystemReader.Read(),
    };

    private static async Task<Response> GetAsync(Request request, CancellationToken ct) => Response.Sync(await Task.Run(Read, ct).ConfigureAwait(false));
}
