using Lxd.Core;

namespace Lxc.Framework;

/// <summary>The arguments of a call: flags by their long name, the rest in order.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _flags = [];

    public List<string> Rest { get; } = [];

    /// <summary>Reads flags wherever they stand; after <c>--</c> everything is rest.</summary>
    /// <param name="stopAtRest">Whether flags end at the first plain argument (<c>exec</c>, whose command has flags of its own).</param>
    public static Arguments Parse(IReadOnlyList<string> words, IReadOnlyList<Flag> flags, bool stopAtRest)
    {
        var result = new Arguments();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                result.Rest.AddRange(words.Skip(i + 1));
                break;
            }

            if (!word.StartsWith('-') || word == "-")
            {
                if (stopAtRest && result.Rest.Count >= 1)
                {
                    result.Rest.AddRange(words.Skip(i));
                    break;
                }

                result.Rest.Add(word);
                continue;
            }

            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                var equals = word.IndexOf('=');
                var name = equals < 0 ? word : word[..equals];
                var flag = flags.FirstOrDefault(f => f.Long == name) ?? throw new UsageException($"unknown flag: {name}");
                result.Add(flag, equals >= 0 ? word[(equals + 1)..] : flag.Value.Length == 0 ? "true" : Next(words, ref i, name));
                continue;
            }

            for (var c = 1; c < word.Length; c++)
            {
                var name = "-" + word[c];
                var flag = flags.FirstOrDefault(f => f.Short == name) ?? throw new UsageException($"unknown shorthand flag: '{word[c]}' in {word}");
                if (flag.Value.Length == 0)
                {
                    result.Add(flag, "true");
                    continue;
                }

                result.Add(flag, c + 1 < word.Length ? word[(c + 1)..].TrimStart('=') : Next(words, ref i, name));
                break;
            }
        }

        return result;
    }

    public bool Has(string flag) => _flags.TryGetValue(flag, out var values) && values[^1] != "false";

    public string Get(string flag, string other = "") => _flags.TryGetValue(flag, out var values) ? values[^1] : other;

    public IReadOnlyList<string> All(string flag) => _flags.TryGetValue(flag, out var values) ? values : [];

    /// <summary>Repeated <c>KEY=VALUE</c> flags as a map.</summary>
    public Dictionary<string, string> Map(string flag)
    {
        var map = new Dictionary<string, string>();
        foreach (var pair in All(flag))
        {
            var equals = pair.IndexOf('=');
            if (equals < 0)
            {
                throw new ApiException(0, $"Bad key=value pair: {pair}");
            }

            map[pair[..equals]] = pair[(equals + 1)..];
        }

        return map;
    }

    private void Add(Flag flag, string value)
    {
        if (!_flags.TryGetValue(flag.Long, out var values))
        {
            _flags[flag.Long] = values = [];
        }

        values.Add(value);
    }

    private static string Next(IReadOnlyList<string> words, ref int i, string name) => i + 1 < words.Count ? words[++i] : throw new UsageException($"flag needs an argument: {name}");
}
