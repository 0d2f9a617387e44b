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
    public static int Of(Request request) => request.Caller.Trusted && ClientVersion.IsBefore(Strict, request) ? 1 : Shortest;
}
