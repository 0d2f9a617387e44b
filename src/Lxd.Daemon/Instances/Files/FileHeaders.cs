using System.Globalization;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Linux.Files;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Instances.Files;

/// <summary>The <c>X-LXD-*</c> headers of the file API.</summary>
/// <param name="Uid">Null where the client does not say; so for the others.</param>
internal sealed record FileHeaders(uint? Uid, uint? Gid, uint? Mode, string Type, bool Append, IReadOnlyList<string> ModifyPerm)
{
    public static FileHeaders Read(Request request)
    {
        var type = request.Header("X-LXD-type") is { Length: > 0 } given ? given : "file";
        var write = request.Header("X-LXD-write");
        if (write is not ("" or "overwrite" or "append"))
        {
            throw ApiException.BadRequest($"Bad file write mode: {write}");
        }

        return new FileHeaders(Id(request.Header("X-LXD-uid")), Id(request.Header("X-LXD-gid")), Octal(request.Header("X-LXD-mode")), type, write == "append",
            request.Header("X-LXD-modify-perm").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    public static void Write(HttpResponse response, FileEntry entry)
    {
        response.Headers["X-LXD-uid"] = entry.Uid.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-LXD-gid"] = entry.Gid.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-LXD-mode"] = Convert.ToString(entry.Permissions & 0x1ff, 8).PadLeft(4, '0');
        response.Headers["X-LXD-modified"] = entry.Modified.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture);
        response.Headers["X-LXD-type"] = entry.IsDirectory ? "directory" : entry.IsLink ? "symlink" : "file";
    }

    private static uint? Id(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) && id is >= 0 and < uint.MaxValue ? (uint)id : null;

    private static uint? Octal(string text)
    {
        if (text.Length == 0 || text == "-1")
        {
            return null;
        }

        text = text.StartsWith("0o", StringComparison.Ordinal) ? text[2..] : text;
        return text.All(c => c is >= '0' and <= '7') && text.Length <= 7 ? Convert.ToUInt32(text, 8) & 0xfff : throw ApiException.BadRequest($"Invalid file mode \"{text}\"");
    }
}
