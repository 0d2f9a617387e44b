using Lxd.Core;
using Lxd.Core.Config;

namespace Lxd.Daemon.Projects;

/// <summary>What a project with <c>restricted</c> set does not let its users keep.</summary>
internal static class ProjectRules
{
    public static void CheckSnapshots(string project, IReadOnlyDictionary<string, string> config) => Check(project, config, "snapshot");

    public static void CheckBackups(string project, IReadOnlyDictionary<string, string> config) => Check(project, config, "backup");

    /// <summary>Whether something may come into the project from another server in this way.</summary>
    /// <param name="mode"><c>push</c>, or <c>pull</c> where this server would connect to the other one.</param>
    public static void CheckMigration(string mode, IReadOnlyDictionary<string, string> config)
    {
        if (mode is not ("pull" or "push"))
        {
            throw ApiException.BadRequest($"Mode \"{mode}\" isn't supported");
        }

        if (mode == "pull" && Checks.IsTrue(config.GetValueOrDefault("restricted")))
        {
            throw ApiException.Forbidden("Restricted projects are not allowed to use pull mode migration");
        }
    }

    private static void Check(string project, IReadOnlyDictionary<string, string> config, string what)
    {
        if (Checks.IsTrue(config.GetValueOrDefault("restricted")) && config.GetValueOrDefault($"restricted.{what}s", "block") != "allow")
        {
            throw ApiException.Forbidden($"Project \"{project}\" doesn't allow for {what} creation");
        }
    }
}
