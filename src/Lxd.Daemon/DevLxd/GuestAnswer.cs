using System.Text.Json.Nodes;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.DevLxd;

/// <summary>What an instance is told: bare JSON, with the ETag of what it shows.</summary>
internal sealed record GuestAnswer(JsonNode Body, string Etag = "")
{
    public static GuestAnswer Done { get; } = new(new JsonObject());

    public static GuestAnswer Of(RunningOperation operation)
    {
        var full = operation.Render();
        return new(new JsonObject { ["id"] = full.Id, ["status"] = full.Status, ["status_code"] = full.StatusCode, ["err"] = full.Err });
    }

    /// <summary>Some members of a thing of the main API.</summary>
    public static JsonObject Pick(JsonNode thing, params string[] members) =>
        new(members.Where(m => thing[m] is not null).Select(m => KeyValuePair.Create(m, m == "config" ? WithoutVolatile(thing[m]!) : thing[m]!.DeepClone()))!);

    /// <summary>What the server notes for itself is not the guest's business.</summary>
    private static JsonNode WithoutVolatile(JsonNode config) => new JsonObject(config.AsObject().Where(c => !c.Key.StartsWith("volatile.", StringComparison.Ordinal)).Select(c => KeyValuePair.Create(c.Key, c.Value?.DeepClone())));
}
