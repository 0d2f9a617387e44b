using System.Globalization;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Verbs.Init;

/// <summary>The first way into the UI: a link with a token of an administrator that holds for a day. Each new link ends the one before.</summary>
internal static class InitAccessLink
{
    private const string Name = "ui-admin-initial";
    private const string Type = "Initial UI token bearer";
    private const string Identities = "/1.0/auth/identities/bearer";

    public static async Task WriteAsync(LxdConnection server, TextWriter output, CancellationToken ct)
    {
        var info = await server.GetAsync<Core.Api.Server>("/1.0", ct).ConfigureAwait(false);
        var address = info.Environment.Addresses.FirstOrDefault() ?? throw new ApiException(0, "The server is not available over the network: set core.https_address first");
        try
        {
            await server.GetAsync($"{Identities}/{Name}", ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status == 404)
        {
            await server.SendAsync("POST", Identities, new JsonObject { ["name"] = Name, ["type"] = Type }, ct).ConfigureAwait(false);
        }

        var expires = DateTime.UtcNow.AddDays(1);
        var issued = await server.SendAsync("POST", $"{Identities}/{Name}/token", new JsonObject { ["expiry"] = "1d" }, ct).ConfigureAwait(false);
        await output.WriteLineAsync($"UI initial identity (type: {Type}): {Name}").ConfigureAwait(false);
        await output.WriteLineAsync($"UI initial access link (expires: {expires.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}): https://{address}/?token={(string?)issued.Metadata?["token"]}").ConfigureAwait(false);
    }
}
