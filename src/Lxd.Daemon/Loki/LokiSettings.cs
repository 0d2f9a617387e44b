namespace Lxd.Daemon.Loki;

/// <summary>Where events are sent and which: the keys <c>loki.*</c>.</summary>
internal sealed record LokiSettings(string Url, string Username, string Password, string Authority, string Instance, IReadOnlyList<string> Labels, string LogLevel, IReadOnlySet<string> Types)
{
    /// <summary>All keys it is made of.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["loki.api.ca_cert", "loki.api.url", "loki.auth.password", "loki.auth.username", "loki.instance", "loki.labels", "loki.loglevel", "loki.types"];

    private static readonly string[] Levels = ["panic", "fatal", "error", "warning", "info", "debug", "trace"];

    /// <param name="value">The value of a key.</param>
    /// <returns>Null where nothing is to be sent.</returns>
    public static LokiSettings? Read(Func<string, string> value, string serverName) => value("loki.api.url").Length == 0 ? null : new(
        value("loki.api.url").TrimEnd('/'),
        value("loki.auth.username"),
        value("loki.auth.password"),
        value("loki.api.ca_cert"),
        value("loki.instance") is { Length: > 0 } instance ? instance : serverName,
        Split(value("loki.labels")),
        value("loki.loglevel"),
        Split(value("loki.types")).ToHashSet());

    /// <summary>Whether a log message of this level is important enough.</summary>
    public bool Takes(string level) => Array.IndexOf(Levels, level) <= Math.Max(0, Array.IndexOf(Levels, LogLevel));

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
