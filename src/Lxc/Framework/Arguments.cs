using System.Globalization;
using Lxd.Core;

namespace Lxc.Framework;

/// <summary>The arguments of a call: flags by their long name, the rest in order.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _flags = [];

    public List<string> Rest { get; } = [];

    /// <summary>How many of <see cref="Rest"/> came before <c>--</c>; -1 where there was none.</summary>
    public int Dash { get; private set; } = -1;

    /// <summary>Reads flags wherever they stand; after <c>--</c> everything is rest.</summary>
    public static Arguments Parse(IReadOnlyList<string> words, IReadOnlyList<Flag> flags)
    {
        var result = new Arguments();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                result.Dash = result.Rest.Count;
                result.Rest.AddRange(words.Skip(i + 1));
                break;
            }

            if (!word.StartsWith('-') || word == "-")
            {
                result.Rest.Add(word);
            }
            else if (word.StartsWith("--", StringComparison.Ordinal))
            {
                var equals = word.IndexOf('=');
                var name = equals < 0 ? word : word[..equals];
                var flag = flags.FirstOrDefault(f => f.Long == name) ?? throw new UsageException($"unknown flag: {name}");
                result.Add(flag, equals >= 0 ? word[(equals + 1)..] : Alone(flag) ?? Next(words, ref i, name));
            }
            else
            {
                result.AddShort(words, flags, ref i);
            }
        }

        return result;
    }

    public bool Has(string flag) => _flags.TryGetValue(flag, out var values) && values[^1] != "false";

    /// <summary>Whether it was given at all, be it as <c>--flag=false</c>.</summary>
    public bool Given(string flag) => _flags.ContainsKey(flag);

    public string Get(string flag, string other = "") => _flags.TryGetValue(flag, out var values) ? values[^1] : other;

    public int Int(string flag, int other) => _flags.TryGetValue(flag, out var values) ? int.Parse(values[^1], CultureInfo.InvariantCulture) : other;

    public IReadOnlyList<string> All(string flag) => _flags.TryGetValue(flag, out var values) ? values : [];

    /// <summary>The argument at this place, or empty.</summary>
    public string At(int index) => index < Rest.Count ? Rest[index] : "";

    /// <summary>Repeated <c>KEY=VALUE</c> flags as a map.</summary>
    public Dictionary<string, string> Map(string flag)
    {
        var map = new Dictionary<string, string>();
        foreach (var pair in All(flag))
        {
            var equals = pair.IndexOf('=');
            if (equals < 0)
            {
                throw new ApiException(0, $"Bad key=value pair: \"{pair}\"");
            }

            map[pair[..equals]] = pair[(equals + 1)..];
        }

        return map;
    }

    /// <summary>Letters in one word: switches, the last of which may take a value.</summary>
    private void AddShort(IReadOnlyList<string> words, IReadOnlyList<Flag> flags, ref int i)
    {
        var word = words[i];
        for (var c = 1; c < word.Length; c++)
        {
            var name = "-" + word[c];
            var flag = flags.FirstOrDefault(f => f.Short == name) ?? throw new UsageException($"unknown shorthand flag: '{word[c]}' in {word}");
            if (c + 1 < word.Length && word[c + 1] == '=')
            {
                Add(flag, word[(c + 2)..]);
                return;
            }

            if (Alone(flag) is { } alone)
            {
                Add(flag, alone);
                continue;
            }

            Add(flag, c + 1 < word.Length ? word[(c + 1)..] : Next(words, ref i, $"'{word[c]}' in {word}"));
            return;
        }
    }

    private void Add(Flag flag, string value)
    {
        if (flag.IsSwitch)
        {
            value = value is "true" or "1" or "t" or "T" or "TRUE" or "True" ? "true" : value is "false" or "0" or "f" or "F" or "FALSE" or "False" ? "false"
                : throw new UsageException($"invalid argument \"{value}\" for \"{flag.Label}\" flag: strconv.ParseBool: parsing \"{value}\": invalid syntax");
        }
        else if (flag.Number && !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            throw new UsageException($"invalid argument \"{value}\" for \"{flag.Label}\" flag: strconv.ParseInt: parsing \"{value}\": invalid syntax");
        }

        if (!_flags.TryGetValue(flag.Long, out var values))
        {
            _flags[flag.Long] = values = [];
        }

        values.Add(value);
    }

    private static string? Alone(Flag flag) => flag.IsSwitch ? "true" : flag.Alone.Length > 0 ? flag.Alone : null;

    private static string Next(IReadOnlyList<string> words, ref int i, string name) => i + 1 < words.Count ? words[++i] : throw new UsageException($"flag needs an argument: {name}");
}
