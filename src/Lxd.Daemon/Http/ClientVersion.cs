namespace Lxd.Daemon.Http;

/// <summary>How old the LXD client is that asks; others are taken for new.</summary>
internal static class ClientVersion
{
    /// <summary>From this version on clients know the operations of volumes and profiles.</summary>
    public static readonly Version WithOperations = new(6, 6);

    /// <summary>Reads <c>LXD 5.0.2 (Linux; ...)</c>; the oldest clients do not tell their name.</summary>
    public static bool IsBefore(Version version, Request request)
    {
        var agent = request.Header("User-Agent");
        return agent.StartsWith("Go-http-client/", StringComparison.Ordinal)
            || (agent.StartsWith("LXD ", StringComparison.Ordinal) && Version.TryParse(agent.Split(' ')[1], out var told) && told < version);
    }
}
