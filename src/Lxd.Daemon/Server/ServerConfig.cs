using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Server;

/// <summary>The server's configuration: global keys in the global database, a member's own in the local one; kept in memory, changed through <see cref="ReplaceAsync"/>.</summary>
internal sealed class ServerConfig(Databases databases)
{
    public const string TrustPassword = "core.trust_password";
    public const string Uuid = "volatile.uuid";
    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly List<(IReadOnlyList<string> Keys, Func<Func<string, string>, CancellationToken, Task> Apply)> _live = [];
    private readonly List<(string Key, Action Told)> _told = [];
    private readonly List<IConfigChangeHandler> _handlers = [];
    private volatile IReadOnlyDictionary<string, string> _values = new Dictionary<string, string>();

    /// <summary>What is set; secrets as they are kept.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The value or its default.</summary>
    public string Get(string key) => ServerKeys.Schema.Get(_values, key);

    public bool IsTrue(string key) => Checks.IsTrue(Get(key));

    public long Number(string key) => long.TryParse(Get(key), out var number) ? number : 0;

    public async Task LoadAsync(CancellationToken ct)
    {
        var values = await databases.Global.ReadAsync(tx => tx.MapAsync("SELECT key, value FROM config"), ct).ConfigureAwait(false);
        foreach (var (key, value) in await databases.Local.ReadAsync(tx => tx.MapAsync("SELECT key, value FROM config"), ct).ConfigureAwait(false))
        {
            values[key] = value;
        }

        _values = values;
    }

    /// <summary>Has a change of the key take effect at once. A refusal (an address in use) keeps the old value.</summary>
    public void OnChange(string key, Func<string, CancellationToken, Task> apply) => OnChange([key], (value, ct) => apply(value(key), ct));

    /// <summary>The same for keys that act together: once, with what all of them will be.</summary>
    public void OnChange(IReadOnlyList<string> keys, Func<Func<string, string>, CancellationToken, Task> apply) => _live.Add((keys, apply));

    /// <summary>Is called after a change of the key took effect.</summary>
    public void OnChanged(string key, Action told) => _told.Add((key, told));

    /// <summary>Has changes of the handler's keys prepared before they are recorded and finished after.</summary>
    public void OnChange(IConfigChangeHandler handler) => _handlers.Add(handler);

    /// <summary>Makes this the whole configuration. A secret given as <c>true</c> stays what it is; keys of another's making (<c>volatile.*</c>) stay too.</summary>
    public async Task ReplaceAsync(IReadOnlyDictionary<string, string> wanted, CancellationToken ct)
    {
        if (wanted.Keys.FirstOrDefault(k => !k.All(c => c is > ' ' and <= '~')) is { } odd)
        {
            throw ApiException.BadRequest($"Invalid key name \"{odd}\": Only printable ASCII characters are allowed");
        }

        ServerKeys.Schema.Validate(wanted, wrong: (key, value, reason) => $"Cannot set \"{key}\" to \"{value}\": {reason}");
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (wanted.TryGetValue(Uuid, out var uuid) && uuid != _values.GetValueOrDefault(Uuid, ""))
            {
                throw ApiException.BadRequest("The cluster UUID cannot be changed");
            }

            var next = wanted.Where(p => p.Value.Length > 0).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
            foreach (var (key, value) in _values.Where(p => p.Key.StartsWith("volatile.", StringComparison.Ordinal)))
            {
                next.TryAdd(key, value);
            }

            if (next.TryGetValue(TrustPassword, out var password))
            {
                next[TrustPassword] = password == "true" && _values.TryGetValue(TrustPassword, out var kept) ? kept : Scrypt.Protect(password);
            }

            await ApplyAsync(next, ct).ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Sets a key the daemon keeps for itself.</summary>
    public Task SetInternalAsync(string key, string value, CancellationToken ct) => ChangeInternalAsync(values => values[key] = value, ct);

    /// <summary>Changes keys the daemon keeps for itself, or that follow something else.</summary>
    public async Task ChangeInternalAsync(Action<Dictionary<string, string>> change, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var next = new Dictionary<string, string>(_values, StringComparer.Ordinal);
            change(next);
            await ApplyAsync(next, ct).ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }

    private async Task ApplyAsync(Dictionary<string, string> next, CancellationToken ct)
    {
        var changed = next.Keys.Union(_values.Keys).Where(k => next.GetValueOrDefault(k, "") != _values.GetValueOrDefault(k, "")).ToList();
        await using var undo = new Rollback();
        var before = _values;
        foreach (var (_, apply) in _live.Where(l => l.Keys.Any(changed.Contains)))
        {
            undo.Add(() => apply(key => ServerKeys.Schema.Get(before, key), CancellationToken.None));
            await apply(key => ServerKeys.Schema.Get(next, key), ct).ConfigureAwait(false);
        }

        var finish = new List<Func<Task>>();
        foreach (var handler in _handlers.Where(h => changed.Exists(h.Concerns)))
        {
            finish.Add(await handler.PrepareAsync(new ConfigChange(changed.FindAll(handler.Concerns), before, next, undo), ct).ConfigureAwait(false));
        }

        await databases.Local.WriteAsync(tx => SaveAsync(tx, next, changed.Where(IsLocal)), ct).ConfigureAwait(false);
        await databases.Global.WriteAsync(tx => SaveAsync(tx, next, changed.Where(k => !IsLocal(k))), ct).ConfigureAwait(false);
        undo.Commit();
        _values = next;
        foreach (var rest in finish)
        {
            await rest().ConfigureAwait(false);
        }

        foreach (var (_, told) in _told.Where(t => changed.Contains(t.Key)))
        {
            told();
        }
    }

    private static bool IsLocal(string key) => ServerKeys.Schema.Find(key)?.Scope == "local";

    private static async ValueTask SaveAsync(ITx tx, Dictionary<string, string> next, IEnumerable<string> changed)
    {
        foreach (var key in changed)
        {
            await tx.ExecAsync("DELETE FROM config WHERE key = ?", key).ConfigureAwait(false);
            if (next.TryGetValue(key, out var value))
            {
                await tx.ExecAsync("INSERT INTO config (key, value) VALUES (?, ?)", key, value).ConfigureAwait(false);
            }
        }
    }
}
