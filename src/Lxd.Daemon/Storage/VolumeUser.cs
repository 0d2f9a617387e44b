using Lxd.Core;

namespace Lxd.Daemon.Storage;

/// <summary>An instance or a profile with a disk device on a custom volume.</summary>
/// <param name="Id">The instance's number, 0 for a profile.</param>
/// <param name="IsRunning">Whether it runs, as last recorded.</param>
internal sealed record VolumeUser(string Kind, long Id, string Project, string Name, bool IsRunning)
{
    public const string Instance = "instances";
    public const string Profile = "profiles";

    public string Url => Names.Url(Project, "1.0", Kind, Name);
}
