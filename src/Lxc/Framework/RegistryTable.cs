using Lxc.Commands;
using Lxc.Commands.Aliases;
using Lxc.Commands.Auth;
using Lxc.Commands.Config;
using Lxc.Commands.Files;
using Lxc.Commands.Images;
using Lxc.Commands.Instances;
using Lxc.Commands.Networks;
using Lxc.Commands.Operations;
using Lxc.Commands.Profiles;
using Lxc.Commands.Projects;
using Lxc.Commands.Remotes;
using Lxc.Commands.Storage;
using Lxc.Commands.Tools;
using Lxc.Commands.Warnings;

namespace Lxc.Framework;

/// <summary>The one place where a branch of commands, and a group of them, is put in.</summary>
internal static partial class Registry
{
    private static readonly Branch[] Branches =
    [
        new(["launch", "init"], CreateCommand.Make),
        new(["rebuild"], () => [RebuildCommand.Make()]),
        new(["start", "stop", "restart", "pause", "freeze"], StateCommands.Make),
        new(["list", "ls", "info", "delete", "rm", "rename", "move", "mv", "copy", "cp", "snapshot", "restore", "publish", "exec", "console"], InstanceCommands.All),
        new(["export", "import"], BackupCommands.All),
        new(["file"], FileCommands.All),
        new(["config"], ConfigCommands.All),
        new(["profile"], ProfileCommands.All),
        new(["project"], ProjectCommands.All),
        new(["image"], ImageCommands.All),
        new(["remote"], RemoteCommands.All),
        new(["network"], NetworkCommands.All),
        new(["storage"], StorageCommands.All),
        new(["storage"], VolumeCommands.All),
        new(["storage"], BackupCommands.OfVolumes),
        new(["operation"], OperationCommands.All),
        new(["warning"], WarningCommands.All),
        new(["alias"], AliasCommands.All),
        new(["auth"], AuthCommands.All),
        new(["query", "monitor", "manpage", "version", "help"], ToolCommands.All),
        new(["completion"], Lxc.Completion.CompletionCommand.Make),
    ];

    private static readonly Group[] GroupTable =
    [
        new("alias", "Manage command aliases"),
        new("auth", "Manage who may do what"),
        new("auth group", "Manage groups and what they grant"),
        new("auth group permission", "Manage permissions of groups", "perm"),
        new("auth identity", "Manage identities", "user"),
        new("auth identity group", "Manage the groups of identities"),
        new("auth identity token", "Manage tokens of bearer identities"),
        new("auth identity-provider-group", "Manage what groups of identity providers stand for", "idp-group"),
        new("auth identity-provider-group group", "Manage the groups of identity provider groups"),
        new("auth oidc-session", "Manage logins through identity providers"),
        new("auth permission", "Inspect permissions", "perm"),
        new("config", "Manage instance and server configuration"),
        new("config device", "Manage devices of instances"),
        new("config metadata", "Manage metadata files of instances"),
        new("config template", "Manage file templates of instances"),
        new("config trust", "Manage trusted clients"),
        new("file", "Manage files in instances"),
        new("image", "Manage images"),
        new("image alias", "Manage image aliases"),
        new("network", "Manage networks and attach instances to them"),
        new("network acl", "Manage network ACLs"),
        new("network acl rule", "Manage rules of network ACLs"),
        new("network forward", "Manage network forwards"),
        new("network forward port", "Manage ports of network forwards"),
        new("network zone", "Manage network zones"),
        new("network zone record", "Manage records of network zones"),
        new("network zone record entry", "Manage entries of records"),
        new("operation", "Manage background operations"),
        new("profile", "Manage profiles"),
        new("profile device", "Manage devices of profiles"),
        new("project", "Manage projects"),
        new("remote", "Manage the list of remote servers"),
        new("storage", "Manage storage pools and volumes"),
        new("storage volume", "Manage storage volumes"),
        new("warning", "Manage warnings"),
    ];
}
