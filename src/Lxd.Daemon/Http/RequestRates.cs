using System.Collections.Concurrent;

namespace Lxd.Daemon.Http;

/// <summary>Counts requests by the kind of thing they are about. A request is done when its answer is given and the operation it started has ended.</summary>
internal sealed class RequestRates
{
    public static readonly IReadOnlyList<string> Kinds = ["server", "network", "cluster_member", "project", "image", "operation", "storage_pool", "warning", "identity", "profile", "instance"];

    /// <summary>How requests end.</summary>
    public static readonly IReadOnlyList<string> Results = ["error_client", "error_server", "succeeded"];

    private readonly ConcurrentDictionary<string, long> _ongoing = new();
    private readonly ConcurrentDictionary<(string Kind, string Result), long> _completed = new();

    public long Ongoing(string kind) => _ongoing.GetValueOrDefault(kind);

    public long Completed(string kind, string result) => _completed.GetValueOrDefault((kind, result));

    /// <summary>A request has come; what is returned is told its end. The root of the server is not counted.</summary>
    public Action<int>? Begin(string path)
    {
        if (path.Trim('/').Length == 0)
        {
            return null;
        }

        var kind = KindOf(path);
        _ongoing.AddOrUpdate(kind, 1, (_, n) => n + 1);
        return status =>
        {
            _ongoing.AddOrUpdate(kind, 0, (_, n) => n - 1);
            _completed.AddOrUpdate((kind, status >= 500 ? "error_server" : status >= 400 ? "error_client" : "succeeded"), 1, (_, n) => n + 1);
        };
    }

    private static string KindOf(string path)
    {
        var segments = path.Trim('/').Split('/');
        return segments is not ["1.0", var first, ..] ? "server" : first switch
        {
            "instances" or "containers" or "virtual-machines" => "instance",
            "images" => "image",
            "profiles" => "profile",
            "projects" => "project",
            "operations" => "operation",
            "warnings" => "warning",
            "storage-pools" or "storage-volumes" => "storage_pool",
            "certificates" or "auth" => "identity",
            "cluster" => "cluster_member",
            _ when first.StartsWith("network", StringComparison.Ordinal) => "network",
            _ => "server",
        };
    }
}
