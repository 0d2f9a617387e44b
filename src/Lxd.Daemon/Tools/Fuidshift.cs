using System.Globalization;
using Lxd.Core;
using Lxd.Daemon.Server;
using Lxd.Linux.Archives;
using Lxd.Linux.Disks;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Tools;

/// <summary><c>fuidshift</c>: gives a tree the owners of another id range.</summary>
internal static class Fuidshift
{
    private const string Help = """
        Description:
          Give a tree of files other owners

          Each range <u|b|g>:<first id inside>:<first id of the host>:<how many> changes users (u), groups (g) or both (b)
          from the ids inside a container to those of the host, or back with --reverse. Other ids stay as they are.

        Usage:
          fuidshift <directory> <range> [<range>...] [flags]

        Examples:
          fuidshift my-dir/ b:0:100000:65536 u:10000:1000:1

        Flags:
          -h, --help      Show this
          -r, --reverse   From the ids of the host to those inside
          -t, --test      Only say what would be changed
              --version   Show the version

        """;

    public static Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--version"))
        {
            Console.Out.WriteLine(ServerService.Version);
            return Task.FromResult(0);
        }

        var rest = args.Where(a => !a.StartsWith('-')).ToList();
        var flags = args.Where(a => a.StartsWith('-')).ToHashSet();
        if (args.Length == 0 || flags.Contains("-h") || flags.Contains("--help"))
        {
            Console.Out.Write(Help);
            return Task.FromResult(0);
        }

        try
        {
            if (flags.FirstOrDefault(f => f is not ("-r" or "--reverse" or "-t" or "--test")) is { } unknown)
            {
                throw new ApiException(0, $"unknown flag: {unknown}");
            }

            var test = flags.Contains("-t") || flags.Contains("--test");
            if (rest.Count < 2)
            {
                throw new ApiException(0, "A directory and at least one range are required");
            }

            if (!test && !Environment.IsPrivilegedProcess)
            {
                throw new ApiException(0, "This tool must be run as root");
            }

            var map = new IdMap(rest.Skip(1).Select(Range));
            var back = flags.Contains("-r") || flags.Contains("--reverse");
            var shift = back ? new IdShift(u => map.InnerUid(u), g => map.InnerGid(g)) : new IdShift(u => map.HostUid(u), g => map.HostGid(g));
            TreeShift.Run(rest[0], shift, test ? (path, uid, gid) => Console.Out.WriteLine($"{path}: to {uid} {gid}") : null, CancellationToken.None);
            return Task.FromResult(0);
        }
        catch (Exception e) when (e is ApiException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Error: {e.Message}");
            return Task.FromResult(1);
        }
    }

    private static IdMapEntry Range(string text)
    {
        var parts = text.Split(':');
        if (parts.Length != 4 || parts[0] is not ("u" or "g" or "b") || !Number(parts[1], out var inner) || !Number(parts[2], out var host) || !Number(parts[3], out var count) || count < 1)
        {
            throw new ApiException(0, $"Invalid range \"{text}\"");
        }

        return new IdMapEntry(parts[0] != "g", parts[0] != "u", host, inner, count);
    }

    private static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
