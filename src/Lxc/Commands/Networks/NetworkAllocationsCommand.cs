using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Networks;

/// <summary><c>network list-allocations</c>.</summary>
internal static class NetworkAllocationsCommand
{
    private static readonly Columns<NetworkAllocations> Columns = new(
        "uatnm",
        new('u', "USED BY", a => a.UsedBy),
        new('a', "ADDRESS", a => a.Addresses),
        new('t', "TYPE", a => a.Type),
        new('n', "NAT", a => a.Nat ? "true" : "false"),
        new('m', "HARDWARE ADDRESS", a => a.Hwaddr));

    public static IEnumerable<Command> All() =>
    [
        new("network list-allocations", "[<remote>:]", "List addresses in use", ListAsync) { Flags = [Flags.AllProjects, Flags.Columns(Columns.Usual), Flags.Format], Count = (0, 1), Hints = [Hint.Remote] },
    ];

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var raw = await server.GetAsync("/1.0/network-allocations" + Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments)), context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, Json.Parse<List<NetworkAllocations>>(raw), raw).ConfigureAwait(false);
    }
}
