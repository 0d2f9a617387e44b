using Lxc.Framework;

namespace Lxc.Tests;

/// <summary>All commands, flags and aliases of LXD's client are here, or on a list that only shrinks.</summary>
public sealed class CommandsTests
{
    private const string Missing = "missing-commands.txt";

    private static readonly string Data = Path.Combine(Root(), "tests", "Lxc.Tests", "Data");

    [Fact]
    public void WhatIsMissingIsOnTheList()
    {
        var there = Registry.All.SelectMany(Lines).Concat(Registry.Groups.SelectMany(g => g.Aliases.Select(a => $"{g.Path} = {a}").Prepend(g.Path))).ToHashSet();
        var missing = File.ReadAllLines(Path.Combine(Data, "commands.txt")).Where(l => l.Length > 0 && !there.Contains(l)).Order(StringComparer.Ordinal).ToList();
        var file = Path.Combine(Data, Missing);
        if (Environment.GetEnvironmentVariable("LXD_UPDATE_DATA") == "1")
        {
            File.WriteAllText(file, string.Concat(missing.Select(m => m + "\n")));
        }

        var listed = File.ReadAllLines(file);
        Assert.True(missing.Except(listed).FirstOrDefault() is null, $"{missing.Except(listed).FirstOrDefault()} is missing: no command, flag or alias of LXD's client goes away");
        Assert.True(listed.Except(missing).FirstOrDefault() is null, $"{listed.Except(missing).FirstOrDefault()} is there now: take it off {Missing} (LXD_UPDATE_DATA=1 does)");
    }

    [Fact]
    public void EveryCommandStandsInAGroupThatIsKnown() => Assert.All(Registry.All.Where(c => c.Path.Contains(' ')), c => Assert.Contains(Registry.Groups, g => g.Path == c.Path[..c.Path.LastIndexOf(' ')]));

    [Fact]
    public void EveryGroupHasCommands() => Assert.All(Registry.Groups, g => Assert.Contains(Registry.For(g.Path.Split(' ')[0]), c => c.Path.StartsWith(g.Path + " ", StringComparison.Ordinal)));

    [Fact]
    public void NoCommandHasAFlagTwice() => Assert.All(Registry.All, c =>
    {
        Assert.Equal(c.Flags.Count, c.Flags.Select(f => f.Long).Distinct().Count());
        var letters = c.Flags.Where(f => f.Short.Length > 0).Select(f => f.Short).ToList();
        Assert.Equal(letters.Count, letters.Distinct().Count());
    });

    [Fact]
    public void EveryAliasLeadsToItsCommand() => Assert.All(Registry.All.SelectMany(c => c.Aliases.Select(a => (Command: c, Alias: a))), x =>
    {
        var words = x.Command.Path.Split(' ');
        words[^1] = x.Alias;
        Assert.Equal(x.Command.Path, Registry.Find(words)!.Value.Command.Path);
    });

    private static IEnumerable<string> Lines(Command command) =>
    [
        command.Path,
        .. command.Aliases.Select(a => $"{command.Path} = {a}"),
        .. command.Flags.Select(f => $"{command.Path} {f.Long}{(f.Short.Length > 0 ? " " + f.Short : "")}"),
    ];

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Lxd.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not below the repository");
        }

        return directory;
    }
}
