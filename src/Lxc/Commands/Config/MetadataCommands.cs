using System.Text.Json.Nodes;
using Lxc.Commands.Instances;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Config;

/// <summary><c>config metadata</c>: what an instance keeps of its image.</summary>
internal static class MetadataCommands
{
    public static IEnumerable<Command> Make() =>
    [
        new("config metadata show", "[<remote>:]<instance>", "Show instance metadata files", ShowAsync) { Count = (1, 1), Hints = [Hint.Instance] },
        new("config metadata edit", "[<remote>:]<instance>", "Edit instance metadata files", EditAsync) { Count = (1, 1), Hints = [Hint.Instance], Examples = "lxc config metadata edit <instance> < FILE.yaml\n    Take the metadata from FILE.yaml." },
    ];

    private static async Task<int> ShowAsync(Context context, Arguments arguments)
    {
        var target = InstanceCommands.Find(context, arguments);
        await context.Out.WriteAsync(Text(await target.Server.GetAsync<ImageMetadata>(target.Url + "/metadata", context.Cancel).ConfigureAwait(false))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> EditAsync(Context context, Arguments arguments)
    {
        var target = InstanceCommands.Find(context, arguments);
        var answer = await target.Server.SendAsync("GET", target.Url + "/metadata", (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        await Editor.EditAsync(Text(Json.Parse<ImageMetadata>(answer.Metadata)), async (text, fresh) => await target.Server.SendAsync("PUT", target.Url + "/metadata", Json.Node(Json.Parse<ImageMetadata>(Input.ParseYaml(text))), context.Cancel, fresh ? "" : answer.Etag).ConfigureAwait(false), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static string Text(ImageMetadata metadata) => Yaml.Format((JsonNode)new JsonObject
    {
        ["architecture"] = metadata.Architecture,
        ["creation_date"] = metadata.CreationDate,
        ["expiry_date"] = metadata.ExpiryDate,
        ["properties"] = Shared.EntityCommands.Sorted(Json.Node(metadata.Properties)),
        ["templates"] = new JsonObject(metadata.Templates.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => KeyValuePair.Create(t.Key, (JsonNode?)new JsonObject
        {
            ["when"] = InstanceRequest.List(t.Value.When), ["create_only"] = t.Value.CreateOnly, ["template"] = t.Value.Template, ["properties"] = Json.Node(t.Value.Properties),
        }))),
    });
}
