using System.Text.Json.Nodes;

namespace Lxd.Daemon.Acme;

/// <summary>Problem documents (RFC 7807), in which an authority says what it does not like.</summary>
internal static class AcmeProblem
{
    private const string Prefix = "urn:ietf:params:acme:error:";
    private const int Longest = 500;

    /// <summary>The kind of problem, without what all of them begin with.</summary>
    public static string Type(JsonObject? problem) => AcmeAnswer.Text(problem, "type") is var type && type.StartsWith(Prefix, StringComparison.Ordinal) ? Clean(type[Prefix.Length..]) : Clean(type);

    /// <summary>One line: what is wrong, with what each name is refused for.</summary>
    public static string Describe(JsonObject? problem, string otherwise)
    {
        var parts = new List<string>();
        foreach (var part in (JsonObject?[])[problem, .. (problem?["subproblems"] as JsonArray)?.OfType<JsonObject>() ?? []])
        {
            var (type, detail) = (Type(part), AcmeAnswer.Text(part, "detail"));
            if (type.Length + detail.Length > 0)
            {
                parts.Add(type.Length == 0 ? Clean(detail) : detail.Length == 0 ? type : $"{Clean(detail)} ({type})");
            }
        }

        return parts.Count == 0 ? otherwise : Clean(string.Join("; ", parts));
    }

    /// <summary>What comes from elsewhere is shown in terminals and logs.</summary>
    private static string Clean(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length > Longest ? line[..Longest] + "..." : line;
    }
}
