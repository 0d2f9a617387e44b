using System.Reflection;

namespace Lxd.Daemon.Store;

/// <summary>One step of the schema: a file of SQL embedded in the program, run in one transaction.</summary>
internal sealed record Migration(string Name)
{
    /// <summary>All steps of the global database, oldest first; a new one is a file and a line here.</summary>
    public static IReadOnlyList<Migration> Global { get; } = [new("Global0001.sql"), new("Global0002.sql"), new("Global0003.sql")];

    /// <summary>All steps of the database of one member.</summary>
    public static IReadOnlyList<Migration> Local { get; } = [new("Local0001.sql"), new("Local0002.sql")];

    public string Sql()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Name) ?? throw new InvalidOperationException($"Migration {Name} is not in the program");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
