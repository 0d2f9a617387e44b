using Lxd.Core;

namespace Lxd.Daemon.Server;

/// <summary>A change of the server's configuration while it takes effect.</summary>
/// <param name="Keys">The keys that change.</param>
/// <param name="Undo">Gets what takes back what was done for it; run where the change is refused.</param>
internal sealed record ConfigChange(IReadOnlyList<string> Keys, IReadOnlyDictionary<string, string> Before, IReadOnlyDictionary<string, string> Next, Rollback Undo)
{
    public string Old(string key) => Before.GetValueOrDefault(key, "");

    public string New(string key) => Next.GetValueOrDefault(key, "");
}

/// <summary>Takes part in changes of the configuration that take work before and after they are recorded.</summary>
internal interface IConfigChangeHandler
{
    bool Concerns(string key);

    /// <summary>Checks and prepares; throws for a change that cannot be. The old values still hold.</summary>
    /// <returns>What can only be done when the new values hold.</returns>
    Task<Func<Task>> PrepareAsync(ConfigChange change, CancellationToken ct);
}
