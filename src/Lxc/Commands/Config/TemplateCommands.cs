using System.Text.Json.Nodes;
using Lxc.Commands.Instances;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;

namespace Lxc.Commands.Config;

/// <summary><c>config template</c>: files an instance gets filled in.</summary>
internal static class TemplateCommands
{
    private const string What = "[<remote>:]<instance> <template>";
    private static readonly Columns<string> Columns = new("f", new Column<string>('f', "FILENAME", n => n));

    public static IEnumerable<Command> Make() =>
    [
        new("config template list", "[<remote>:]<instance>", "List instance file templates", ListAsync) { Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Count = (1, 1), Hints = [Hint.Instance] },
        new("config template show", What, "Show the content of instance file templates", ShowAsync) { Count = (2, 2), Hints = [Hint.Instance, Hint.None] },
        new("config template delete", What, "Delete instance file templates", async (c, a) =>
        {
            var target = InstanceCommands.Find(c, a);
            await target.Server.SendAsync("DELETE", Url(target), (JsonNode?)null, c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Count = (2, 2), Aliases = ["rm"], Hints = [Hint.Instance, Hint.None] },
        new("config template create", What, "Create instance file templates", (c, a) => WriteAsync(c, InstanceCommands.Find(c, a), Input.ReadPiped())) { Count = (2, 2), Hints = [Hint.Instance, Hint.None], Examples = "lxc config template create u1 t1 < FILE\n    Create the template t1 with the content of FILE." },
        new("config template edit", What, "Edit instance file templates", EditAsync) { Count = (2, 2), Hints = [Hint.Instance, Hint.None] },
    ];

    private static string Url(Target target) => $"{target.Url}/metadata/templates?path={Uri.EscapeDataString(target.Rest[0])}";

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var target = InstanceCommands.Find(context, arguments);
        var names = await target.Server.GetAsync<List<string>>(target.Url + "/metadata/templates", context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, names, Json.Node(names)).ConfigureAwait(false);
    }

    private static async Task<string> ReadAsync(Context context, Target target)
    {
        using var response = await target.Server.RawAsync("GET", Url(target), null, context.Cancel).ConfigureAwait(false);
        return await response.Content.ReadAsStringAsync(context.Cancel).ConfigureAwait(false);
    }

    private static async Task<int> WriteAsync(Context context, Target target, string text)
    {
        using var content = new StringContent(text);
        content.Headers.ContentType = new("application/octet-stream");
        await target.Server.SendAsync("POST", Url(target), content, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ShowAsync(Context context, Arguments arguments)
    {
        await context.Out.WriteAsync(await ReadAsync(context, InstanceCommands.Find(context, arguments)).ConfigureAwait(false)).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> EditAsync(Context context, Arguments arguments)
    {
        var target = InstanceCommands.Find(context, arguments);
        var text = Console.IsInputRedirected ? "" : await ReadAsync(context, target).ConfigureAwait(false);
        await Editor.EditAsync(text, (edited, _) => WriteAsync(context, target, edited), context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
