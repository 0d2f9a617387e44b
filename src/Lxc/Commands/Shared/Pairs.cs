using Lxc.Terminal;
using Lxd.Core;

namespace Lxc.Commands.Shared;

/// <summary><c>KEY=VALUE</c> arguments; a value of <c>-</c> is read from standard input.</summary>
internal static class Pairs
{
    /// <summary><c>k=v k=v</c>, or the older <c>k v</c>.</summary>
    public static Dictionary<string, string> Read(List<string> words)
    {
        if (words.Count == 2 && !words[0].Contains('='))
        {
            return new() { [words[0]] = Value(words[1]) };
        }

        var pairs = new Dictionary<string, string>();
        foreach (var word in words)
        {
            var equals = word.IndexOf('=');
            pairs[equals >= 0 ? word[..equals] : throw new ApiException(0, $"Invalid key=value configuration: {word}")] = Value(word[(equals + 1)..]);
        }

        return pairs;
    }

    /// <summary>What was given wins over what is there; an empty value removes.</summary>
    public static void Apply(System.Text.Json.Nodes.JsonObject map, Dictionary<string, string> values)
    {
        foreach (var (key, value) in values)
        {
            if (value.Length == 0 && key != "volatile.uuid")
            {
                map.Remove(key);
            }
            else
            {
                // A server that is told nothing of its UUID keeps it: that it cannot be removed is said only to who asks for it.
                map[key] = value;
            }
        }
    }

    private static string Value(string text) => text == "-" ? Input.ReadPiped() : text;
}
