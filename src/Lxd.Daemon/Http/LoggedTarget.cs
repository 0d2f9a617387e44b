using System.Text.RegularExpressions;

namespace Lxd.Daemon.Http;

/// <summary>What the log and its listeners get of a request's address: not what would let them in.</summary>
internal static partial class LoggedTarget
{
    public static string Of(string target) => target.Contains('?', StringComparison.Ordinal) ? Secret().Replace(target, "$1***") : target;

    [GeneratedRegex("([?&](?:secret|token|code|state|password)=)[^&]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();
}
