using System.Globalization;
using System.Text.RegularExpressions;
using Lxd.Core;

namespace Lxd.Daemon.Instances;

/// <summary>Sizes by name: <c>c2-m4</c> is two processors and four GiB.</summary>
internal static partial class InstanceSizes
{
    public static IEnumerable<KeyValuePair<string, string>> Limits(string size)
    {
        if (size.Length == 0)
        {
            yield break;
        }

        var match = SizePattern().Match(size);
        if (!match.Success || match.Length == 0)
        {
            throw ApiException.BadRequest($"Provided instance type \"{size}\" doesn't exist");
        }

        if (match.Groups[1].Success)
        {
            // A part of a processor is a share of the time of whole ones.
            var wanted = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var whole = Math.Ceiling(wanted);
            yield return KeyValuePair.Create("limits.cpu", whole.ToString(CultureInfo.InvariantCulture));
            if (wanted < whole)
            {
                yield return KeyValuePair.Create("limits.cpu.allowance", string.Create(CultureInfo.InvariantCulture, $"{(int)(100 * wanted / whole)}%"));
            }
        }

        if (match.Groups[2].Success)
        {
            var gib = double.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            yield return KeyValuePair.Create("limits.memory", string.Create(CultureInfo.InvariantCulture, $"{(long)(gib * 1024)}MiB"));
        }
    }

    [GeneratedRegex("^(?:c([0-9]+(?:\\.[0-9]+)?))?-?(?:m([0-9]+(?:\\.[0-9]+)?))?$")]
    private static partial Regex SizePattern();
}
