using System.Text.Json.Nodes;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Metadata;

/// <summary><c>/1.0/metadata/configuration</c>: the reference of configuration keys, made from the tables that check them.</summary>
internal sealed class ConfigurationEndpoints
{
    private static readonly Lazy<JsonObject> Reference = new(ConfigReference.Build);

    public void Map(Router router) => router.Map("GET", "/1.0/metadata/configuration", Access.Anyone, (_, _) => Task.FromResult(Response.Sync(Reference.Value)));
}
