using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Auth;

/// <summary><c>auth permission</c>: what can be granted, and to whom it was.</summary>
internal static class PermissionCommands
{
    /// <summary>Everything that can be granted on one thing.</summary>
    private sealed record Row(string EntityType, string Url, List<PermissionInfo> Permissions);

    private static Columns<Row> Columns(int most, string separator) => new(
        "tue",
        new('t', "ENTITY TYPE", r => r.EntityType),
        new('u', "URL", r => r.Url),
        new('e', "ENTITLEMENTS", r => string.Join(separator, Entitlements(r.Permissions, most))));

    public static IEnumerable<Command> Make() =>
    [
        new("auth permission list", "[<remote>:] [project=<project>] [entity_type=<entity-type>]", "List permissions", ListAsync)
        {
            Flags = [new("--max-entitlements", Value: "number", Help: "Most entitlements to show of each entity besides those that are granted; 0 for all") { Number = true, Default = "3" }, Flags.Format, Flags.Columns("tue")],
            Count = (0, 3), Hints = [Hint.Remote],
        },
    ];

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var remote = "";
        var filters = new Dictionary<string, string>();
        foreach (var word in arguments.Rest)
        {
            var equals = word.IndexOf('=');
            if (equals < 0)
            {
                remote = word;
                continue;
            }

            filters[word[..equals] is "project" or "entity_type" ? word[..equals] : throw new ApiException(0, $"Permissions cannot be filtered by \"{word[..equals]}\"")] = word[(equals + 1)..];
        }

        var query = Remoting.Query(("recursion", "1"), ("project", filters.GetValueOrDefault("project", "")), ("entity-type", filters.GetValueOrDefault("entity_type", "")));
        var raw = await Remoting.ServerOf(context, remote).GetAsync("/1.0/auth/permissions" + query, context.Cancel).ConfigureAwait(false);
        var rows = Json.Parse<List<PermissionInfo>>(raw).GroupBy(p => (p.EntityType, p.Url)).Select(g => new Row(g.Key.EntityType, g.Key.Url, [.. g]));
        var columns = Columns(arguments.Int("--max-entitlements", 3), arguments.Get("--format", "table").StartsWith("csv", StringComparison.Ordinal) ? "," : ",\n");
        return await Listing.WriteAsync(context, arguments, columns, rows, raw).ConfigureAwait(false);
    }

    /// <summary>Those that are granted, with the groups, and then some of the others.</summary>
    private static IEnumerable<string> Entitlements(List<PermissionInfo> permissions, int most)
    {
        var granted = permissions.Where(p => p.Groups.Count > 0).OrderBy(p => p.Entitlement, StringComparer.Ordinal).Select(p => $"{p.Entitlement}:({string.Join(',', p.Groups)})");
        var others = permissions.Where(p => p.Groups.Count == 0).Select(p => p.Entitlement).Order(StringComparer.Ordinal).ToList();
        return [.. granted, .. most <= 0 || others.Count <= most ? others : [.. others.Take(most), "..."]];
    }
}
