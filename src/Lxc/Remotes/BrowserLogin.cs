using System.ComponentModel;
using System.Diagnostics;
using Lxd.Client.Oidc;

namespace Lxc.Remotes;

/// <summary>Logins at the identity provider of a remote, in the user's browser: <c>$BROWSER</c>, or what the desktop opens addresses with.</summary>
internal static class BrowserLogin
{
    public static OidcLogin Of(ClientConfig config, string remote, TextWriter messages) => new(config.Session(remote), config.Tokens(remote), async (url, code) =>
    {
        await messages.WriteLineAsync($"URL: {url}\nCode: {code}\n").ConfigureAwait(false);
        Open(url);
    });

    private static void Open(string url)
    {
        var browser = Environment.GetEnvironmentVariable("BROWSER") is { Length: > 0 } own ? own : "xdg-open";
        try
        {
            // What it says is not this command's output, and it may stay when this command is gone.
            using var process = Process.Start("/bin/sh", ["-c", "exec \"$0\" \"$1\" </dev/null >/dev/null 2>&1", browser, url]);
        }
        catch (Win32Exception)
        {
            // The user has the address.
        }
    }
}
