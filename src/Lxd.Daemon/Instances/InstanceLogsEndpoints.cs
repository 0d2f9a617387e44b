using Lxd.Core;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Instances;

/// <summary>Log files of an instance, and the output of recorded commands.</summary>
internal sealed class InstanceLogsEndpoints(InstanceStore store, InstanceServices with, EventHub events)
{
    private const string Outputs = "exec-output";

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/instances/{name}/logs", Access.Instance("can_view"), ListAsync);
        router.Map("GET", "/1.0/instances/{name}/logs/{file}", Access.Instance("can_view"), GetAsync);
        router.Map("GET", "/1.0/instances/{name}/logs/exec-output", Access.Instance("can_exec"), ListOutputsAsync);
        router.Map("GET", "/1.0/instances/{name}/logs/exec-output/{file}", Access.Instance("can_exec"), GetOutputAsync);
        router.Map("DELETE", "/1.0/instances/{name}/logs/exec-output/{file}", Access.Instance("can_exec"), DeleteOutputAsync);
    }

    /// <summary>Where the output of recorded commands lies.</summary>
    public static string OutputDirectory(InstanceServices with, InstanceRecord instance) => Path.Combine(with.LogDirectory(instance), Outputs);

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        return Files(request, instance, with.LogDirectory(instance), IsLog, "logs");
    }

    private async Task<Response> ListOutputsAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        return Files(request, instance, OutputDirectory(with, instance), IsOutput, "logs", Outputs);
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        // Older servers kept the output of commands beside the logs.
        var file = request.Route("file");
        return IsOutput(file) ? Send(instance, request, OutputDirectory(with, instance), file, IsOutput) : Send(instance, request, with.LogDirectory(instance), file, IsLog);
    }

    private async Task<Response> GetOutputAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        return Send(instance, request, OutputDirectory(with, instance), request.Route("file"), IsOutput);
    }

    private async Task<Response> DeleteOutputAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var file = request.Route("file");
        var path = Checked(OutputDirectory(with, instance), file, IsOutput);
        File.Delete(path);
        events.Lifecycle("instance-log-deleted", instance.Project, $"{instance.Url}/logs/{Outputs}/{file}", request.Requestor, null, instance.Name);
        return Response.Empty;
    }

    private static Response Files(Request request, InstanceRecord instance, string directory, Func<string, bool> accepts, params string[] path)
    {
        var files = Directory.Exists(directory) ? Directory.EnumerateFiles(directory).Select(f => Path.GetFileName(f)).Where(accepts).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return Response.Sync(files.Select(f => InstanceUrls.Of(request, request.Project, [instance.Name, .. path, f])).ToList());
    }

    private Response Send(InstanceRecord instance, Request request, string directory, string file, Func<string, bool> accepts)
    {
        var path = Checked(directory, file, accepts);
        events.Lifecycle("instance-log-retrieved", instance.Project, $"{instance.Url}/logs/{file}", request.Requestor, new() { ["file"] = file }, instance.Name);
        return FileResponse.Of(path, file);
    }

    private static string Checked(string directory, string file, Func<string, bool> accepts)
    {
        if (!accepts(file))
        {
            throw ApiException.BadRequest($"Log file name \"{file}\" not valid");
        }

        var path = Path.Combine(directory, file);
        return File.Exists(path) ? path : throw ApiException.NotFound();
    }

    private static bool IsLog(string file) => file is "lxc.log" or "lxc.conf" or "console.log" or "forkexec.log" or "forkstart.log" or "qemu.log" or "qemu.conf" or "lxc.log.old" || (file.StartsWith("migration_", StringComparison.Ordinal) || file.StartsWith("snapshot_", StringComparison.Ordinal)) && !file.Contains('/');

    private static bool IsOutput(string file) => file.StartsWith("exec_", StringComparison.Ordinal) && !file.Contains('/') && (file.EndsWith(".stdout", StringComparison.Ordinal) || file.EndsWith(".stderr", StringComparison.Ordinal));
}
