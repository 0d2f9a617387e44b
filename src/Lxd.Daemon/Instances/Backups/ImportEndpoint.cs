using System.Web;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Storage.Backups;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Instances.Backups;

/// <summary><c>POST /1.0/instances</c> with a backup as the body; name, pool and devices may be other ones, as headers say.</summary>
internal sealed class ImportEndpoint(InstanceService service, OperationService operations, BackupUploads uploads)
{
    public async Task<Response> HandleAsync(Request request, CancellationToken ct)
    {
        var file = await uploads.ReceiveAsync(request, ct).ConfigureAwait(false);
        try
        {
            var archive = await BackupArchive.OpenAsync(file, "container", ct).ConfigureAwait(false);
            if (archive.Config.Instance is null || archive.Index.Type == "custom")
            {
                throw ApiException.BadRequest("The backup is of a storage volume");
            }

            var plan = await service.PlanImportAsync(request.Project, archive.Config, request.Header("X-LXD-name"), request.Header("X-LXD-pool"), archive.Index.Pool, Devices(request.Header("X-LXD-devices")), ct).ConfigureAwait(false);
            var requestor = request.Requestor;

            // Whoever is bound to projects brings no device nodes along.
            var devices = request.Caller.IsAdmin ? DevicePolicy.All : DevicePolicy.Harmless;
            var spec = InstanceUrls.Spec(request, "Restoring backup", [plan.Instance.Name], async (_, token) =>
            {
                try
                {
                    await service.ImportAsync(plan, (driver, volume, size, t) => archive.RestoreAsync(driver, volume, size, devices, t), requestor, token).ConfigureAwait(false);
                }
                finally
                {
                    File.Delete(file);
                }
            }, both: true);
            return Response.Async(operations.Start(spec with { MayCancel = true }));
        }
        catch
        {
            File.Delete(file);
            throw;
        }
    }

    /// <summary>Devices as a query whose values are queries: <c>root=size%3D1GiB&amp;eth0=...</c>.</summary>
    private static Dictionary<string, Dictionary<string, string>> Devices(string header) => Pairs(header).ToDictionary(p => p.Key, p => Pairs(p.Value));

    private static Dictionary<string, string> Pairs(string query)
    {
        var parsed = HttpUtility.ParseQueryString(query);
        return parsed.AllKeys.OfType<string>().ToDictionary(k => k, k => parsed[k] ?? "");
    }
}
