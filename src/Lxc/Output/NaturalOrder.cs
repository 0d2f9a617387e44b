namespace Lxc.Output;

/// <summary>Rows by their cells from left to right; numbers in them by their value (<c>c2</c> before <c>c10</c>), empty cells last.</summary>
internal sealed class NaturalOrder : IComparer<IReadOnlyList<string>>, IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(IReadOnlyList<string>? x, IReadOnlyList<string>? y)
    {
        for (var i = 0; i < Math.Min(x!.Count, y!.Count); i++)
        {
            if (x[i] == y[i])
            {
                continue;
            }

            return x[i].Length == 0 ? 1 : y[i].Length == 0 ? -1 : Compare(x[i], y[i]);
        }

        return 0;
    }

    public int Compare(string? x, string? y)
    {
        var a = x.AsSpan();
        var b = y.AsSpan();
        while (!a.IsEmpty && !b.IsEmpty)
        {
            var (first, second) = (Digits(a), Digits(b));
            if (first > 0 && second > 0)
            {
                var m = a[..first].TrimStart('0');
                var n = b[..second].TrimStart('0');
                var difference = m.Length != n.Length ? m.Length - n.Length : m.SequenceCompareTo(n);
                if (difference != 0)
                {
                    return difference;
                }

                a = a[first..];
                b = b[second..];
                continue;
            }

            if (a[0] != b[0])
            {
                return a[0] - b[0];
            }

            a = a[1..];
            b = b[1..];
        }

        return a.Length - b.Length;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }
}
