using Lxd.Core;

namespace Lxd.Daemon.Verbs;

/// <summary>A verb's flags and plain arguments; a flag that is not known is refused.</summary>
internal sealed class VerbArguments
{
    private readonly Dictionary<string, string> _flags = [];

    public List<string> Rest { get; } = [];

    /// <param name="valued">Flags that take a value; a short one stands after a bar: <c>--timeout|-t</c>.</param>
    /// <param name="switches">Flags that take none.</param>
    public static VerbArguments Parse(IEnumerable<string> words, string[] valued, string[] switches)
    {
        var result = new VerbArguments();
        var list = words.ToList();
        for (var i = 0; i < list.Count; i++)
        {
            var word = list[i];
            if (!word.StartsWith('-') || word == "-")
            {
                result.Rest.Add(word);
                continue;
            }

            var equals = word.IndexOf('=');
            var name = equals > 0 ? word[..equals] : word;
            if (Find(valued, name) is { } flag)
            {
                result._flags[flag] = equals > 0 ? word[(equals + 1)..] : i + 1 < list.Count ? list[++i] : throw new ApiException(0, $"flag needs an argument: {name}");
            }
            else
            {
                result._flags[Find(switches, name) ?? throw new ApiException(0, $"unknown flag: {name}")] = equals > 0 ? word[(equals + 1)..] : "true";
            }
        }

        return result;
    }

    public bool Has(string flag) => _flags.TryGetValue(flag, out var value) && value != "false";

    public string Get(string flag, string other = "") => _flags.GetValueOrDefault(flag, other);

    private static string? Find(string[] flags, string name) => Array.Find(flags, f => f.Split('|').Contains(name))?.Split('|')[0];
}
