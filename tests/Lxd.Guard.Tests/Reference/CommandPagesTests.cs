using Lxc.Framework;

namespace Lxd.Guard.Tests.Reference;

/// <summary><c>docs/reference/lxc</c> and <c>lxd.md</c>: the help texts of the programs.</summary>
public sealed class CommandPagesTests
{
    private static readonly SemaphoreSlim Gate = new(1, 1);

    [Fact]
    public async Task TheCommandsOfLxcAreThoseOfItsHelp()
    {
        var groups = Registry.All.GroupBy(c => c.Path.Split(' ')[0]).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var pages = new Dictionary<string, Page>
        {
            ["README.md"] = new Page("lxc", "The client: each command has its page, made of its own help.").Quote(await LxcHelpAsync()).Table(["Command", "Commands below it"],
                groups.Select(g => new[] { $"[{g.Key}]({g.Key}.md)", g.Count() == 1 && g.First().Path == g.Key ? "" : g.Count().ToString() })),
        };
        foreach (var group in groups)
        {
            var page = pages[group.Key + ".md"] = new Page($"lxc {group.Key}", "The flags that all commands take stand in [the list of commands](README.md).");
            if (group.All(c => c.Path != group.Key))
            {
                page.Quote(await LxcHelpAsync(group.Key));
            }

            foreach (var path in group.Select(c => c.Path).Distinct().Order(StringComparer.Ordinal))
            {
                page.Heading($"lxc {path}").Quote(await LxcHelpAsync(path.Split(' ')));
            }
        }

        Page.AssertWritten("lxc", pages);
    }

    [Fact]
    public async Task TheVerbsOfLxdAndTheToolsAreThoseOfTheirHelp()
    {
        var page = new Page("lxd and the tools beside it", "The daemon, its verbs, and the tools, which are `lxd` under other names.");
        foreach (var (name, run) in new (string, Func<string[], Task<int>>)[] { ("lxd", Daemon.Verbs.CommandLine.RunAsync) }.Concat(((string[])["fuidshift", "lxd-benchmark", "lxd-user"]).Select(t => (t, Daemon.Tools.Tool.Find(t)!))))
        {
            page.Heading(name).Quote(await CaptureAsync(() => run(["--help"])));
        }

        Page.AssertWritten("", new Dictionary<string, Page> { ["lxd.md"] = page });
    }

    /// <summary>The help of a command, without the flags that all have.</summary>
    private static async Task<string> LxcHelpAsync(params string[] words)
    {
        var text = await CaptureAsync(() => CommandLine.RunAsync([.. words, "--help"]));
        var flags = text.IndexOf("\nGlobal Flags:\n", StringComparison.Ordinal);
        return flags < 0 ? text : text[..flags];
    }

    private static async Task<string> CaptureAsync(Func<Task<int>> run)
    {
        await Gate.WaitAsync();
        var before = Console.Out;
        try
        {
            using var text = new StringWriter();
            Console.SetOut(text);
            Assert.Equal(0, await run());
            return text.ToString();
        }
        finally
        {
            Console.SetOut(before);
            Gate.Release();
        }
    }
}
