using System.Text.Json.Nodes;

namespace Lxd.Daemon.Operations;

/// <summary>What running work may change of its operation.</summary>
internal sealed class OperationProgress(Action<Action<JsonObject>> update, Action<string, string> addResource)
{
    /// <summary>An operation nobody watches: for work that runs without one.</summary>
    public static OperationProgress None { get; } = new(_ => { }, (_, _) => { });

    /// <summary>Changes the metadata and tells the listeners.</summary>
    public void Metadata(Action<JsonObject> change) => update(change);

    /// <summary>Sets one metadata value: <c>Set("download_progress", "rootfs: 12% (3.4MB/s)")</c>.</summary>
    public void Set(string key, JsonNode? value) => update(m => m[key] = value);

    /// <summary>Adds an affected resource: <c>AddResource("instances", "/1.0/instances/c1")</c>.</summary>
    public void AddResource(string kind, string url) => addResource(kind, url);
}
