using System.Text.RegularExpressions;

namespace Lxd.Core.Config;

/// <summary>A compressor as keys and requests name it: <c>zstd -3</c>. Who may publish runs it as the host's root, so only options that say how well and how fast it packs are let through: others read and write files.</summary>
public sealed partial record Compressor(string Name, IReadOnlyList<string> Options)
{
    private static readonly string[] Names = ["none", "gzip", "pigz", "bzip2", "lbzip2", "xz", "lzma", "zstd", "lz4", "squashfs"];

    /// <summary>A bad request for a name or an option that is unknown; gzip for nothing.</summary>
    public static Compressor Parse(string text)
    {
        var words = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return new Compressor("gzip", []);
        }

        if (!Names.Contains(words[0]))
        {
            throw ApiException.BadRequest($"Invalid compression algorithm \"{words[0]}\"");
        }

        var (options, known) = (words[1..], words[0] == "squashfs" ? SquashOptions() : TarOptions());
        return known.IsMatch(string.Join(' ', options)) ? new Compressor(words[0], options) : throw ApiException.BadRequest($"Invalid compression options \"{string.Join(' ', options)}\"");
    }

    /// <summary>The check of a configuration key.</summary>
    public static void Check(string text) => Parse(text);

    [GeneratedRegex(@"^(( |^)(-\d{1,2}e?|-e|--extreme|--fast(=\d+)?|--best|--ultra|--rsyncable|-n|--no-name|-[Tp] ?\d+|--(threads|processes)[= ]\d+|--long(=\d+)?|--block-size=\d+[KMkm]?|--check=\w+|--(no-)?check))*$")]
    private static partial Regex TarOptions();

    [GeneratedRegex(@"^(( |^)(-comp \w+|-b \d+[KMkm]?|-no[IDFX]|-processors \d+|-X[a-z-]+( [\w%]+(,[\w%]+)*)?))*$")]
    private static partial Regex SquashOptions();
}
