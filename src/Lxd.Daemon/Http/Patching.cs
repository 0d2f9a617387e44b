using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Daemon.Http;

/// <summary>PATCH: what the body names replaces what is there; maps are merged key by key, an empty value in a configuration unsets its key.</summary>
internal static class Patching
{
    public static T Merge<T>(T current, JsonObject patch)
    {
        var merged = (JsonObject)Json.Node(current)!;
        foreach (var (key, value) in patch)
        {
            merged[key] = value is JsonObject map && merged[key] is JsonObject old ? MergeMaps(old, map) : value?.DeepClone();
        }

        return Json.Parse<T>(merged);
    }

    private static JsonObject MergeMaps(JsonObject old, JsonObject patch)
    {
        var merged = (JsonObject)old.DeepClone();
        foreach (var (key, value) in patch)
        {
            merged[key] = value?.DeepClone();
        }

        return merged;
    }
}
