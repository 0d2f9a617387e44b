using Lxc.Framework;
using Lxd.Client;

namespace Lxc.Commands.Shared;

/// <summary>Arguments that begin with a remote, and flags that become part of an address.</summary>
internal static class Remoting
{
    /// <summary><c>?project=a&amp;target=b</c> of what is not empty; empty for nothing.</summary>
    public static string Query(params (string Name, string Value)[] parts)
    {
        var given = parts.Where(p => p.Value.Length > 0).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }

    public static string TargetOf(Arguments arguments) => arguments.Get("--target");

    public static (string, string) AllProjects(Arguments arguments) => ("all-projects", arguments.Has("--all-projects") ? "true" : "");

    /// <summary>The server that an argument like <c>REMOTE:</c> names; the default one where there is none.</summary>
    public static LxdConnection ServerOf(Context context, string argument) => context.Resolve(argument).Server;
}
