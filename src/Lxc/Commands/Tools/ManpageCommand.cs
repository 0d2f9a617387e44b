using System.Text;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Commands.Tools;

/// <summary><c>manpage</c>: a page of every command as files.</summary>
internal static class ManpageCommand
{
    public static Command Make() => new("manpage", "<target>", "Generate manual pages of all commands", RunAsync)
    {
        Flags = [new("--format", "-f", "format", "man, md, rest or yaml") { Default = "man" }], Count = (1, 1), Rarity = Rarity.Rare, Hints = [Hint.File],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var format = arguments.Get("--format", "man");
        Func<Command, (string File, string Text)> page = format switch
        {
            "man" => c => ($"lxc.{c.Path.Replace(' ', '.')}.1", Man(c)),
            "md" => c => ($"lxc_{c.Path.Replace(' ', '_')}.md", $"# lxc {c.Path}\n\n{c.Short}\n\n```\n{Help.Of(c)}```\n"),
            "rest" => c => ($"lxc_{c.Path.Replace(' ', '_')}.rst", $"lxc {c.Path}\n{new string('-', c.Path.Length + 4)}\n\n{c.Short}\n\n::\n\n{string.Concat(Help.Of(c).Split('\n').Select(l => l.Length > 0 ? $"  {l}\n" : "\n"))}"),
            "yaml" => c => ($"lxc_{c.Path.Replace(' ', '_')}.yaml", Data(c)),
            _ => throw new ApiException(0, $"Unknown format {format}"),
        };
        Directory.CreateDirectory(arguments.Rest[0]);
        foreach (var command in Registry.All.Where(c => c.Rarity != Rarity.Hidden))
        {
            var (file, text) = page(command);
            await File.WriteAllTextAsync(Path.Combine(arguments.Rest[0], file), text, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static string Data(Command command) => Yaml.Format((JsonNode)new JsonObject
    {
        ["name"] = $"lxc {command.Path}",
        ["synopsis"] = command.Short,
        ["usage"] = $"lxc {command.Path} {command.Usage}".TrimEnd(),
        ["options"] = new JsonArray([.. command.Flags.Select(f => new JsonObject { ["name"] = f.Long.TrimStart('-'), ["shorthand"] = f.Short.TrimStart('-'), ["default_value"] = f.IsSwitch ? "false" : f.Default, ["usage"] = f.Help })]),
    });

    private static string Man(Command command)
    {
        var text = new StringBuilder($".TH \"LXC-{command.Path.ToUpperInvariant().Replace(' ', '-')}\" \"1\" \"\" \"LXD {CommandLine.Version}\" \"LXD command line client\"\n.SH NAME\nlxc-{command.Path.Replace(' ', '-')} \\- {Escape(command.Short)}\n.SH SYNOPSIS\n\\fBlxc {Escape(command.Path)}\\fP {Escape(command.Usage)}\n.SH DESCRIPTION\n{Escape(command.Short)}\n");
        if (command.Long.Length > 0)
        {
            text.Append($".PP\n.nf\n{Escape(command.Long)}\n.fi\n");
        }

        foreach (var (title, flags) in ((string, IReadOnlyList<Flag>)[])[("OPTIONS", command.Flags), ("GLOBAL OPTIONS", CommandLine.Global)])
        {
            text.Append(flags.Count > 0 ? $".SH {title}\n" : "").AppendJoin("", flags.OrderBy(f => f.Long, StringComparer.Ordinal).Select(f => $".TP\n\\fB{Escape(f.Label)}\\fP{(f.IsSwitch ? "" : $" \\fI{Escape(f.Value)}\\fP")}\n{Escape(f.Help)}{(f.Default.Length > 0 ? $" (default {Escape(f.Default)})" : "")}\n"));
        }

        return text.Append(command.Examples.Length > 0 ? $".SH EXAMPLES\n.nf\n{Escape(command.Examples)}\n.fi\n" : "").ToString();
    }

    /// <summary>Backslashes, hyphens and lines that begin with a dot mean something to troff.</summary>
    private static string Escape(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("\n.", "\n\\&.", StringComparison.Ordinal);
}
