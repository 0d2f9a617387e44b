using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Remotes;
using Lxd.Core;

namespace Lxc.Commands.Remotes;

/// <summary><c>remote</c>.</summary>
internal static class RemoteCommands
{
    public static IEnumerable<Command> All() =>
    [
        RemoteAdd.Make(),
        new("remote list", "", "List the available remotes", ListAsync) { Aliases = ["ls"], Flags = [Flags.Format, Flags.Columns(Columns("").Usual)], Count = (0, 0) },
        new("remote remove", "<remote>", "Remove remotes", RemoveAsync) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.RemovableRemote] },
        new("remote rename", "<remote> <new-name>", "Rename remotes", RenameAsync) { Aliases = ["mv"], Count = (2, 2), Hints = [Hint.ChangeableRemote, Hint.None] },
        new("remote set-url", "<remote> <URL>", "Set the URL for the remote", SetUrlAsync) { Count = (2, 2), Hints = [Hint.ChangeableRemote, Hint.None] },
        new("remote get-default", "", "Show the default remote", async (c, _) =>
        {
            await c.Out.WriteLineAsync(c.Config.Default).ConfigureAwait(false);
            return 0;
        })
        { Count = (0, 0) },
        new("remote switch", "<remote>", "Switch the default remote", (c, a) =>
        {
            Find(c, a.Rest[0]);
            c.Config.Default = a.Rest[0];
            c.Config.Save();
            return Task.FromResult(0);
        })
        { Aliases = ["set-default"], Count = (1, 1), Hints = [Hint.OtherServer] },
    ];

    /// <param name="current">The default remote, which is marked.</param>
    private static Columns<KeyValuePair<string, Remote>> Columns(string current) => new(
        "nupaPSg",
        new('n', "NAME", r => r.Key == current ? $"{r.Key} (current)" : r.Key),
        new('u', "URL", r => r.Value.Address),
        new('p', "PROTOCOL", r => r.Value.Protocol),
        new('a', "AUTH TYPE", r => r.Value.IsUnix ? "file access" : r.Value.Protocol == "simplestreams" ? "none" : r.Value.AuthType.Length > 0 ? r.Value.AuthType : "tls"),
        new('P', "PUBLIC", r => r.Value.Public ? "YES" : "NO"),
        new('S', "STATIC", r => r.Value.Static ? "YES" : "NO"),
        new('g', "GLOBAL", r => r.Value.Global ? "YES" : "NO"));

    private static Task<int> ListAsync(Context context, Arguments arguments)
    {
        var raw = new JsonObject(context.Config.Remotes.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)new JsonObject
        {
            ["Addr"] = r.Value.Address, ["AuthType"] = r.Value.AuthType, ["Project"] = r.Value.Project, ["Protocol"] = r.Value.Protocol, ["Public"] = r.Value.Public, ["Global"] = r.Value.Global, ["Static"] = r.Value.Static,
        })));
        return Listing.WriteAsync(context, arguments, Columns(context.Config.Default), context.Config.Remotes, raw);
    }

    private static Remote Find(Context context, string name) => context.Config.Remotes.TryGetValue(name, out var remote) ? remote : throw new ApiException(0, $"Remote {name} doesn't exist");

    private static Remote Changeable(Context context, string name) => Find(context, name) is { Static: false } remote ? remote : throw new ApiException(0, $"Remote {name} is static and cannot be modified");

    private static Task<int> RemoveAsync(Context context, Arguments arguments)
    {
        var name = arguments.Rest[0];
        if (Changeable(context, name).Global)
        {
            throw new ApiException(0, $"Remote {name} is global and cannot be removed");
        }

        if (context.Config.Default == name)
        {
            throw new ApiException(0, "Can't remove the default remote");
        }

        context.Config.Remove(name);
        context.Config.Save();
        return Task.FromResult(0);
    }

    private static Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var (name, next) = (arguments.Rest[0], arguments.Rest[1]);
        var remote = Changeable(context, name);
        if (context.Config.Remotes.TryGetValue(next, out var taken))
        {
            throw new ApiException(0, $"Remote {next} already exists as <{taken.Address}>");
        }

        RemoteAdd.CheckName(next);
        // A global one stays for the others: the user gets a copy of the new name.
        if (!remote.Global)
        {
            context.Config.Remotes.Remove(name);
        }

        context.Config.Remotes[next] = remote with { Global = false };
        if (context.Config.PinnedCertificate(name) is { } pinned)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(context.Config.ServerCertificate(next))!);
            File.Copy(pinned, context.Config.ServerCertificate(next), true);
            File.Delete(context.Config.ServerCertificate(name));
        }

        foreach (var (from, to) in ((string, string)[])[(context.Config.Session(name), context.Config.Session(next)), (context.Config.Tokens(name), context.Config.Tokens(next))])
        {
            if (File.Exists(from))
            {
                File.Move(from, to, true);
            }
        }

        if (context.Config.Default == name)
        {
            context.Config.Default = next;
        }

        context.Config.Save();
        return Task.FromResult(0);
    }

    private static Task<int> SetUrlAsync(Context context, Arguments arguments)
    {
        context.Config.Remotes[arguments.Rest[0]] = Changeable(context, arguments.Rest[0]) with { Address = arguments.Rest[1], Global = false };
        context.Config.Save();
        return Task.FromResult(0);
    }
}
