using System.Net;
using System.Text;

namespace Lxd.Core;

/// <summary>The rules names obey, with LXD's words for what is wrong.</summary>
public static class Names
{
    /// <summary>How the names of what is half made begin; at a start that is removed.</summary>
    public const string Temporary = ".lxd-tmp-";

    /// <summary>In bytes; the limit of every file system.</summary>
    private const int LongestFileName = 255;

    /// <summary>An instance name is a host name: 1 to 63 letters, digits and hyphens, no hyphen at either end, and not digits alone.</summary>
    public static void CheckInstance(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("Invalid instance name: Name cannot be empty");
        }

        if (name.Length is < 1 or > 63)
        {
            throw ApiException.BadRequest("Invalid instance name: Name must be 1-63 characters long");
        }

        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw ApiException.BadRequest("Invalid instance name: Name can only contain alphanumeric and hyphen characters");
        }

        if (name[0] == '-')
        {
            throw ApiException.BadRequest("Invalid instance name: Name must not start with \"-\" character");
        }

        if (name.All(char.IsAsciiDigit))
        {
            throw ApiException.BadRequest("Invalid instance name: Name must not be a number");
        }

        if (name[^1] == '-')
        {
            throw ApiException.BadRequest("Invalid instance name: Name must not end with \"-\" character");
        }
    }

    /// <summary>Names of snapshots, profiles, projects, pools and networks that become file names or path segments.</summary>
    public static void CheckPathSegment(string name, string what)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest($"Invalid {what} name: Name cannot be empty");
        }

        if (!FitsFileName(name))
        {
            throw ApiException.BadRequest($"Invalid {what} name: Name is too long");
        }

        if (!IsFileName(name))
        {
            throw ApiException.BadRequest($"Invalid {what} name \"{name}\"");
        }
    }

    /// <summary>Whether a name can be that of a file: one part of a path, and text.</summary>
    public static bool IsFileName(string name) =>
        name is not ("" or "." or "..") && !name.Contains('/') && !name.Any(char.IsControl) && !name.StartsWith(Temporary, StringComparison.Ordinal) && FitsFileName(name) && IsText(name);

    private static bool FitsFileName(string name) => Encoding.UTF8.GetByteCount(name) <= LongestFileName;

    /// <summary>Half a surrogate pair is no character: a file system would get another name than the database.</summary>
    private static bool IsText(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && !char.IsSurrogatePair(name, i++))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The name under which a project's instance or volume lies on disk: plain in the default project, else <c>PROJECT_NAME</c>.</summary>
    public static string OnDisk(string project, string name) => project == "default" ? name : $"{project}_{name}";

    /// <summary><c>vol/snap</c> split; the snapshot is null where there is none.</summary>
    public static (string Parent, string? Snapshot) SplitSnapshot(string name)
    {
        var slash = name.IndexOf('/');
        return slash < 0 ? (name, null) : (name[..slash], name[(slash + 1)..]);
    }

    /// <summary>An escaped API URL: <c>Url("1.0", "instances", name)</c>; the project is added when it is not the default one.</summary>
    public static string Url(string project, params ReadOnlySpan<string> segments)
    {
        var path = "";
        foreach (var segment in segments)
        {
            path += "/" + WebUtility.UrlEncode(segment).Replace("+", "%20", StringComparison.Ordinal);
        }

        return project is "" or "default" ? path : $"{path}?project={Uri.EscapeDataString(project)}";
    }
}
