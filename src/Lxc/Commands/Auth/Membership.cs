using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Commands.Auth;

/// <summary>Groups as identities, and as the groups of identity providers, are in them.</summary>
internal static class Membership
{
    /// <param name="noun">How messages name the one that is in groups.</param>
    public static async Task<int> AddAsync(Context context, Target target, string noun)
    {
        var group = target.Rest[0];
        await target.ChangeAsync(thing =>
        {
            var groups = List(thing);
            if (groups.Contains(group))
            {
                throw new ApiException(0, $"{noun} is already mapped to group \"{group}\"");
            }

            thing["groups"] = Write([.. groups, group]);
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    public static async Task<int> RemoveAsync(Context context, Target target, string noun)
    {
        var group = target.Rest[0];
        await target.ChangeAsync(thing =>
        {
            var groups = List(thing);
            if (!groups.Remove(group))
            {
                throw new ApiException(0, $"{noun} is not mapped to group \"{group}\"");
            }

            thing["groups"] = Write(groups);
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    public static JsonArray Write(IEnumerable<string> names) => [.. names.Select(n => (JsonNode)n)];

    private static List<string> List(JsonObject thing) => [.. (thing["groups"] as JsonArray ?? []).Select(g => (string)g!)];
}
