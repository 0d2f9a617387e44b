namespace Lxd.Guard.Tests;

/// <summary>The source tree the tests were built in.</summary>
internal static class Source
{
    public static string Root { get; } = FindRoot();

    public static string Data(string name) => Path.Combine(Root, "tests", "Lxd.Guard.Tests", "Data", name);

    /// <summary>Whether the lists in Data are to be written anew instead of compared.</summary>
    public static bool Update => Environment.GetEnvironmentVariable("LXD_UPDATE_DATA") == "1";

    /// <summary>All C# files under a directory, without what the build makes.</summary>
    public static IEnumerable<string> Files(string directory) =>
        Directory.EnumerateFiles(Path.Combine(Root, directory), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    /// <summary>Compares what is missing with the list that may only shrink.</summary>
    public static void AssertMissing(string name, IEnumerable<string> missing)
    {
        var now = missing.Order(StringComparer.Ordinal).ToList();
        if (Update)
        {
            File.WriteAllLines(Data(name), now);
        }

        var listed = File.ReadAllLines(Data(name));
        Assert.True(now.Except(listed).FirstOrDefault() is not { } lost, $"{now.Except(listed).FirstOrDefault()} was there and is missing now");
        Assert.True(listed.Except(now).FirstOrDefault() is not { } found, $"{listed.Except(now).FirstOrDefault()} is there now: take it off {name} (LXD_UPDATE_DATA=1 does)");
    }

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Lxd.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the tests do not lie in the source tree");
        }

        return directory;
    }
}
