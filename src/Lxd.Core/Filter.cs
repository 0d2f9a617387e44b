using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lxd.Core.Config;

namespace Lxd.Core;

/// <summary>The filter of list queries: <c>name eq c1 and config.user.x ne "a b"</c>, read strictly from left to right.
/// A text matches as a case-insensitive regular expression, of the whole value unless it holds <c>^</c> or <c>$</c>.</summary>
public sealed class Filter
{
    private readonly List<Clause> _clauses = [];

    private Filter()
    {
    }

    public bool IsEmpty => _clauses.Count == 0;

    /// <summary>Reads a filter; an empty text lets everything through. Throws a bad request for malformed ones.</summary>
    public static Filter Parse(string text)
    {
        var filter = new Filter();
        var words = Words(text);
        var at = 0;
        var previous = "and";
        while (at < words.Count)
        {
            var not = words[at] == "not" && at + 1 < words.Count;
            at += not ? 1 : 0;
            if (at + 2 >= words.Count)
            {
                throw ApiException.BadRequest("Invalid filter: incomplete clause");
            }

            var (field, op, value) = (words[at], words[at + 1], words[at + 2]);
            if (op is not ("eq" or "ne"))
            {
                throw ApiException.BadRequest($"Invalid filter: unsupported operator \"{op}\"");
            }

            filter._clauses.Add(new Clause(previous == "or", not ^ (op == "ne"), field, value));
            at += 3;
            if (at == words.Count)
            {
                break;
            }

            previous = words[at++];
            if (previous is not ("and" or "or") || at == words.Count)
            {
                throw ApiException.BadRequest($"Invalid filter: unexpected \"{previous}\"");
            }
        }

        return filter;
    }

    /// <summary>Whether the thing, as the API shows it, passes.</summary>
    public bool Matches(JsonNode? node)
    {
        var result = true;
        foreach (var clause in _clauses)
        {
            result = clause.Or ? result || clause.Matches(node) : result && clause.Matches(node);
        }

        return result;
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var (quoted, started) = (false, false);
        foreach (var c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
                started = true;
            }
            else if (c == ' ' && !quoted)
            {
                if (started)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                started = false;
            }
            else
            {
                word.Append(c);
                started = true;
            }
        }

        if (quoted)
        {
            throw ApiException.BadRequest("Invalid filter: unterminated quote");
        }

        if (started)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private sealed class Clause(bool or, bool negated, string field, string value)
    {
        private readonly Lazy<Regex> _pattern = new(() => Compile(value));

        public bool Or => or;

        public bool Matches(JsonNode? node) => IsEqual(Find(node, field)) != negated;

        private bool IsEqual(JsonNode? found) => found?.GetValueKind() switch
        {
            null => value.Length == 0,
            JsonValueKind.String => _pattern.Value.IsMatch(found.GetValue<string>()),
            JsonValueKind.True => Checks.IsTrue(value),
            JsonValueKind.False => Checks.IsFalse(value),
            JsonValueKind.Number => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.TryParse(found.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var other) && number == other,
            _ => found.ToJsonString() == value.Replace(" ", "", StringComparison.Ordinal),
        };

        private static Regex Compile(string value)
        {
            var text = value.Contains('^') || value.Contains('$') ? value : $"^(?:{value})$";
            try
            {
                return new Regex(text, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                throw ApiException.BadRequest($"Invalid filter: {e.Message}", e);
            }
        }

        /// <summary>Maps are searched for the whole remaining path first: their keys hold dots.</summary>
        private static JsonNode? Find(JsonNode? node, string path)
        {
            if (node is not JsonObject map)
            {
                return null;
            }

            if (map.TryGetPropertyValue(path, out var whole))
            {
                return whole;
            }

            for (var dot = path.IndexOf('.'); dot > 0; dot = path.IndexOf('.', dot + 1))
            {
                if (map.TryGetPropertyValue(path[..dot], out var child) && Find(child, path[(dot + 1)..]) is { } found)
                {
                    return found;
                }
            }

            return null;
        }
    }
}
