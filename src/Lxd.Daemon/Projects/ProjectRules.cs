using Lxd.Core;
using Lxd.Core.Config;

namespace Lxd.Daemon.Projects;

/// <summary>What a project with <c>restricted</c> set does not let its users keep.</summary>
internal static class ProjectRules
{
    public static void CheckSnapshots(string project, IReadOnlyDictionary<string, string> config) => Check(project, config, "snapshot");

    public static void CheckBackups(string project, IReadOnlyDictionary<string, string> config) => Check(project, config, "backup");

    private static void Check(string project, IReadOnlyDictionary<string, string> config, string what)
    {
        if (Checks.IsTrue(config.GetValueOrDefault("restricted")) && config.GetValueOrDefault($"restricted.{what}s", "block") != "allow")
        {
            throw ApiException.Forbidden($"Project \"{project}\" doesn't allow for {what} creation");
        }
    }
}
