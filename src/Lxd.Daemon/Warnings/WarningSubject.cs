namespace Lxd.Daemon.Warnings;

/// <summary>What a warning is about.</summary>
/// <param name="Project">Empty for the whole server.</param>
/// <param name="EntityType">The code of the entity's type; -1 for none.</param>
internal sealed record WarningSubject(string Project = "", int EntityType = -1, long EntityId = -1)
{
    public static WarningSubject Server { get; } = new();

    public static WarningSubject Instance(string project, long id) => new(project, 5, id);

    public static WarningSubject Network(string project, long id) => new(project, 8, id);

    public static WarningSubject Pool(long id) => new("", 12, id);
}
