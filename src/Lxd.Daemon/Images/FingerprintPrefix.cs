using Lxd.Daemon.Http;

namespace Lxd.Daemon.Images;

/// <summary>How much of a fingerprint has to be said.</summary>
internal static class FingerprintPrefix
{
    /// <summary>Fewer may soon mean more than one image.</summary>
    public const int Shortest = 12;

    /// <summary>Before this version clients hand on whatever their users typed.</summary>
    private static readonly Version Strict = new(6, 5);

    /// <summary>The fewest characters a request may name an image by.</summary>
    public static int Of(Request request) => request.Caller.Trusted && IsOld(request.Header("User-Agent")) ? 1 : Shortest;

    /// <param name="agent"><c>LXD 5.0.2 (Linux; ...)</c>; the oldest clients do not tell their name.</param>
    private static bool IsOld(string agent) => agent.StartsWith("Go-http-client/", StringComparison.Ordinal)
        || (agent.StartsWith("LXD ", StringComparison.Ordinal) && Version.TryParse(agent.Split(' ')[1], out var version) && version < Strict);
}
