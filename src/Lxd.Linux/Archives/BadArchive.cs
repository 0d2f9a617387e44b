using Lxd.Core;

namespace Lxd.Linux.Archives;

/// <summary>The errors for archives that are broken or hostile.</summary>
internal static class BadArchive
{
    public static ApiException Because(string reason) => ApiException.BadRequest($"Invalid archive: {reason}");
}
