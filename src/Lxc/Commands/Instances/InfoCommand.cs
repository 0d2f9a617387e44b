using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>info</c>: of the server, or of an instance.</summary>
internal static class InfoCommand
{
    public static Command Make() => new("info", "[<remote>:][<instance>]", "Show instance or server information", RunAsync)
    {
        Flags = [new("--show-log", Help: "With the last log of the instance"), new("--resources", Help: "What the server has"), Flags.Target],
        Count = (0, 1), Hints = [Hint.Instance],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.At(0));
        if (name.Length == 0)
        {
            var query = Remoting.Query(("target", Remoting.TargetOf(arguments)));
            var shown = await server.GetAsync((arguments.Has("--resources") ? "/1.0/resources" : "/1.0") + query, context.Cancel).ConfigureAwait(false);
            await context.Out.WriteAsync(arguments.Has("--resources") ? ResourcesText.Of(shown!) : ServerText(shown!)).ConfigureAwait(false);
            return 0;
        }

        if (arguments.Given("--target"))
        {
            throw new ApiException(0, "--target cannot be used with instances");
        }

        var path = InstanceCommands.PathOf(name);
        var whole = await server.GetAsync(path + "?recursion=1", context.Cancel).ConfigureAwait(false);
        var instance = Json.Parse<InstanceFull>(whole);
        if (whole?["state"] is not JsonObject)
        {
            // An older server gives no more at once than the instance itself.
            instance.State = await server.GetAsync<InstanceState>(path + "/state", context.Cancel).ConfigureAwait(false);
            instance.Snapshots = await server.GetAsync<List<InstanceSnapshot>>(path + "/snapshots?recursion=1", context.Cancel).ConfigureAwait(false);
        }

        var text = new StringBuilder();
        Head(text, instance);
        InstanceText.Resources(text, instance.State);
        Snapshots(text, instance);
        Backups(text, instance);
        if (arguments.Has("--show-log"))
        {
            text.Append($"\nLog:\n\n{await LogAsync(server, path, instance, context.Cancel).ConfigureAwait(false)}\n");
        }

        await context.Out.WriteAsync(text.ToString()).ConfigureAwait(false);
        return 0;
    }

    /// <summary>The configuration first, what the server runs on last.</summary>
    private static string ServerText(JsonNode server) =>
        Yaml.Format((JsonNode)new JsonObject(((JsonObject)server).OrderBy(m => m.Key switch { "config" => 0, "environment" => 2, _ => 1 }).Select(m => KeyValuePair.Create(m.Key, m.Key == "config" ? EntityCommands.Sorted(m.Value) : m.Value?.DeepClone()))));

    private static void Head(StringBuilder text, InstanceFull instance)
    {
        text.Append($"Name: {instance.Name}\n");
        if (instance.Description.Length > 0)
        {
            text.Append($"Description: {instance.Description}\n");
        }

        text.Append($"Status: {instance.Status.ToUpperInvariant()}\nType: {instance.Type}{(instance.Ephemeral ? " (ephemeral)" : "")}\nArchitecture: {instance.Architecture}\n");
        if (instance.Location is not ("" or "none"))
        {
            text.Append($"Location: {instance.Location}\n");
        }

        if (instance.State.Pid > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"PID: {instance.State.Pid}\n");
        }

        foreach (var (what, time) in ((string, DateTime)[])[("Created", instance.CreatedAt), ("Last Used", instance.LastUsedAt)])
        {
            if (Times.Short(time) is { Length: > 0 } shown)
            {
                text.Append($"{what}: {shown}\n");
            }
        }
    }

    private static void Snapshots(StringBuilder text, InstanceFull instance)
    {
        if (instance.Snapshots.Count > 0)
        {
            text.Append("\nSnapshots:\n").Append(Table.Render("table", ["NAME", "TAKEN AT", "EXPIRES AT", "STATEFUL"], instance.Snapshots.OrderBy(s => s.CreatedAt).Select(s => (IReadOnlyList<string>)[s.Name.Split('/')[^1], Times.Short(s.CreatedAt), Times.Short(s.ExpiresAt.Utc), s.Stateful ? "YES" : "NO"]), null));
        }
    }

    private static void Backups(StringBuilder text, InstanceFull instance)
    {
        if (instance.Backups.Count > 0)
        {
            text.Append("\nBackups:\n").Append(Table.Render("table", ["NAME", "TAKEN AT", "EXPIRES AT", "INSTANCE ONLY", "OPTIMIZED STORAGE"], instance.Backups.OrderBy(b => b.CreatedAt).Select(b => (IReadOnlyList<string>)[b.Name.Split('/')[^1], Times.Short(b.CreatedAt), Times.Short(b.ExpiresAt), b.InstanceOnly ? "YES" : "NO", b.OptimizedStorage ? "YES" : "NO"]), null));
        }
    }

    private static async Task<string> LogAsync(LxdConnection server, string path, InstanceFull instance, CancellationToken ct)
    {
        try
        {
            using var log = await server.RawAsync("GET", $"{path}/logs/{(instance.Type == "container" ? "lxc.log" : "qemu.log")}", null, ct).ConfigureAwait(false);
            return await log.Content.ReadAsStringAsync(ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status == 404)
        {
            return "";
        }
    }
}
