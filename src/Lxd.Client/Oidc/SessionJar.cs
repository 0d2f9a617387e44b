using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Client.Oidc;

/// <summary>The cookie of the session that a server began with the client, in a file of the remote's own.</summary>
internal sealed class SessionJar(string path)
{
    private const string Name = "session";

    /// <summary>Empty where there is none, or it is over.</summary>
    public string Read(Uri server)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))?[Site(server)]?[Id(server)] is JsonObject entry
                && DateTime.TryParse(DeviceFlow.Text(entry, "Expires"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var end) && end > DateTime.UtcNow
                ? DeviceFlow.Text(entry, "Value")
                : "";
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>Keeps the cookie that comes with an answer.</summary>
    public void Keep(Uri server, HttpResponseMessage response)
    {
        foreach (var header in response.Headers.TryGetValues("Set-Cookie", out var values) ? values.Where(v => v.StartsWith(Name + "=", StringComparison.Ordinal)) : [])
        {
            var container = new CookieContainer();
            container.SetCookies(server, header);
            if (container.GetCookies(server)[Name] is { Value.Length: > 0 } cookie)
            {
                Write(server, cookie, header.Contains("samesite=strict", StringComparison.OrdinalIgnoreCase) ? "SameSite=Strict" : "");
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    private void Write(Uri server, Cookie cookie, string sameSite)
    {
        var now = GoTime.Format(DateTime.UtcNow);
        var entry = new JsonObject
        {
            ["Name"] = Name, ["Value"] = cookie.Value, ["Domain"] = server.IdnHost, ["Path"] = cookie.Path, ["SameSite"] = sameSite, ["Secure"] = cookie.Secure, ["HttpOnly"] = cookie.HttpOnly,
            ["Persistent"] = true, ["HostOnly"] = true, ["Expires"] = GoTime.Format(cookie.Expires.ToUniversalTime()), ["Creation"] = now, ["LastAccess"] = now,
        };
        SafeFile.WritePrivate(path, new JsonObject { [Site(server)] = new JsonObject { [Id(server)] = entry } }.ToJsonString());
    }

    private static string Id(Uri server) => $"{server.IdnHost};/;{Name}";

    /// <summary>The domain that cookies are filed under.</summary>
    private static string Site(Uri server) => server.HostNameType == UriHostNameType.Dns ? string.Join('.', server.IdnHost.Split('.')[^Math.Min(2, server.IdnHost.Split('.').Length)..]) : server.IdnHost;
}
