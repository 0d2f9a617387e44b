using Lxc.Framework;

namespace Lxc.Commands.Auth;

/// <summary><c>auth</c>: who may do what.</summary>
internal static class AuthCommands
{
    public static IEnumerable<Command> All() =>
    [
        .. GroupCommands.Make(),
        .. GroupPermissions.Make(),
        .. PermissionCommands.Make(),
        .. IdentityCommands.Make(),
        .. IdentityTokens.Make(),
        .. ProviderGroupCommands.Make(),
        .. SessionCommands.Make(),
    ];
}
