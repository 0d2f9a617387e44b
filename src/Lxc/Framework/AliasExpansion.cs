using Lxc.Remotes;

namespace Lxc.Framework;

/// <summary>The user's own commands: the longest alias that the words begin with is replaced; <c>@ARGS@</c> takes the rest, <c>@ARG1@</c> one of it.</summary>
internal static class AliasExpansion
{
    private static readonly Dictionary<string, string> BuiltIn = new() { ["shell"] = "exec @ARGS@ -- su -l" };

    public static IReadOnlyList<string> Expand(IReadOnlyList<string> words, ClientConfig config)
    {
        var aliases = BuiltIn.Concat(config.Aliases).OrderByDescending(a => a.Key.Length);
        foreach (var (name, value) in aliases)
        {
            var parts = name.Split(' ');
            if (parts.Length > words.Count || !parts.SequenceEqual(words.Take(parts.Length)))
            {
                continue;
            }

            var rest = words.Skip(parts.Length).ToList();
            var used = false;
            var expanded = new List<string>();
            foreach (var word in Words(value))
            {
                if (word == "@ARGS@")
                {
                    used = true;
                    expanded.AddRange(rest);
                }
                else if (word.StartsWith("@ARG", StringComparison.Ordinal) && word.EndsWith('@') && int.TryParse(word[4..^1], out var number) && number >= 1 && number <= rest.Count)
                {
                    used = true;
                    expanded.Add(rest[number - 1]);
                }
                else
                {
                    expanded.Add(word);
                }
            }

            if (!used)
            {
                expanded.AddRange(rest);
            }

            return expanded;
        }

        return words;
    }

    /// <summary>Words as a shell reads them, quotes included.</summary>
    public static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var quote = '\0';
        var open = false;
        foreach (var c in text)
        {
            if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                open = true;
            }
            else if (c == ' ')
            {
                if (word.Length > 0 || open)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                open = false;
            }
            else
            {
                word.Append(c);
            }
        }

        if (word.Length > 0 || open)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
