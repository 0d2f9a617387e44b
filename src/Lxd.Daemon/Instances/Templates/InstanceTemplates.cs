using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Instances.Files;
using Lxd.Daemon.Templates;
using Lxd.Linux.Files;

namespace Lxd.Daemon.Instances.Templates;

/// <summary>Renders the templates of an instance's image into its root. Image and root are of unknown origin: nothing is read or written outside them.</summary>
internal sealed class InstanceTemplates : IInstanceTemplates
{
    private const int LargestFile = 1 << 20;

    public async Task ApplyAsync(InstanceRecord instance, string volume, string trigger, CancellationToken ct)
    {
        using var files = new ConfinedRoot(volume);
        VolumeFiles.Check(files, "metadata.yaml");
        VolumeFiles.Check(files, "templates");
        if (Read(files, "metadata.yaml") is not { } yaml || Yaml.Parse(yaml)?["templates"] is not JsonObject templates)
        {
            return;
        }

        var rootfs = VolumeFiles.Rootfs(volume);
        if (!Directory.Exists(rootfs))
        {
            return;
        }

        using var root = new ConfinedRoot(rootfs);
        foreach (var (path, node) in templates)
        {
            if (node is JsonObject template && template["when"] is JsonArray when && when.Any(w => Text(w) == trigger))
            {
                await Task.Run(() => Write(instance, files, root, path, template, trigger), ct).ConfigureAwait(false);
            }
        }
    }

    private static void Write(InstanceRecord instance, ConfinedRoot files, ConfinedRoot root, string path, JsonObject template, string trigger)
    {
        var exists = root.Stat(path) is not null;
        if (exists && Checks.IsTrue(Text(template["create_only"])))
        {
            return;
        }

        var name = Text(template["template"]);
        if (name.Contains('/') || !name.EndsWith(".tpl", StringComparison.Ordinal))
        {
            throw ApiException.BadRequest($"Invalid template name \"{name}\"");
        }

        var text = Read(files, "templates/" + name) ?? throw ApiException.BadRequest($"Failed to render template: \"{name}\" is missing");
        var result = Template.Render(text, Scope(instance, path, template, trigger));
        root.MakeParents(path);
        using var file = root.Create(path);
        file.Write(Encoding.UTF8.GetBytes(result));
    }

    private static Dictionary<string, object?> Scope(InstanceRecord instance, string path, JsonObject template, string trigger)
    {
        var self = new Dictionary<string, object?>
        {
            ["name"] = instance.Name,
            ["type"] = instance.Type,
            ["architecture"] = instance.Architecture,
            ["privileged"] = instance.IsTrue("security.privileged") ? "true" : "false",
            ["ephemeral"] = instance.Ephemeral ? "true" : "false",
        };
        var properties = template["properties"] is JsonObject given ? given.ToDictionary(p => p.Key, p => (object?)Text(p.Value)) : [];
        return new Dictionary<string, object?>
        {
            ["trigger"] = trigger,
            ["path"] = path,
            ["container"] = self,
            ["instance"] = self,
            ["config"] = instance.ExpandedConfig.ToDictionary(c => c.Key, c => (object?)c.Value),
            ["devices"] = instance.ExpandedDevices.ToDictionary(d => d.Key, d => (object?)d.Value.ToDictionary(p => p.Key, p => (object?)p.Value)),
            ["properties"] = properties,
            ["config_get"] = (Func<List<object?>, object?>)(arguments => instance.ExpandedConfig.TryGetValue(TemplateValue.Text(arguments.FirstOrDefault()), out var value) ? value : arguments.ElementAtOrDefault(1)),
        };
    }

    private static string Text(JsonNode? node) => node is null ? "" : node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node.ToJsonString();

    private static string? Read(ConfinedRoot root, string path)
    {
        if (root.Stat(path) is not { IsFile: true, Size: <= LargestFile })
        {
            return null;
        }

        using var file = root.OpenRead(path);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
