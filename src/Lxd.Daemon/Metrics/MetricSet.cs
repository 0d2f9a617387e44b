using System.Globalization;
using System.Text;

namespace Lxd.Daemon.Metrics;

/// <summary>Samples, and their text in the form of OpenMetrics.</summary>
internal sealed class MetricSet
{
    private readonly Dictionary<string, List<string>> _samples = [];

    /// <param name="labels">Sorted by name when written; names are plain words.</param>
    public void Add(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var text = new StringBuilder(name);
        if (labels.Length > 0)
        {
            var sorted = labels.ToArray();
            Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            text.Append('{').AppendJoin(',', sorted.Select(l => $"{l.Name}=\"{Escape(l.Value)}\"")).Append('}');
        }

        text.Append(' ').Append(Format(value));
        if (!_samples.TryGetValue(name, out var list))
        {
            _samples[name] = list = [];
        }

        list.Add(text.ToString());
    }

    public void AddAll(MetricSet other)
    {
        foreach (var (name, samples) in other._samples)
        {
            if (!_samples.TryGetValue(name, out var list))
            {
                _samples[name] = list = [];
            }

            list.AddRange(samples);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var family in MetricFamily.All)
        {
            if (_samples.TryGetValue(family.Name, out var samples))
            {
                text.Append("# HELP ").Append(family.Name).Append(' ').Append(family.Help).Append('\n');
                text.Append("# TYPE ").Append(family.Name).Append(family.IsCounter ? " counter\n" : " gauge\n");
                text.AppendJoin('\n', samples).Append('\n');
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    /// <summary>The shortest digits that mean the number, with an exponent outside of 0.0001 to 999999, as LXD writes it.</summary>
    internal static string Format(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value == 0 ? "0" : value.ToString(CultureInfo.InvariantCulture);
        }

        var digits = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 17; precision++)
        {
            var shorter = value.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == value)
            {
                digits = shorter;
                break;
            }
        }

        var split = digits.IndexOf('E');
        var exponent = int.Parse(digits[(split + 1)..], CultureInfo.InvariantCulture);
        return exponent is < -4 or >= 6
            ? string.Create(CultureInfo.InvariantCulture, $"{digits[..split]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}")
            : decimal.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
