namespace Lxc.Framework;

/// <summary>Flags that many commands have.</summary>
internal static class Flags
{
    public static Flag Format { get; } = new("--format", "-f", "format", "csv, json, table, yaml or compact") { Default = "table" };

    public static Flag AllProjects { get; } = new("--all-projects", Help: "Of all projects");

    public static Flag Target { get; } = new("--target", Value: "member", Help: "Cluster member");

    public static Flag Property { get; } = new("--property", "-p", Help: "A property of the thing itself instead of a configuration key");

    public static Flag Expanded { get; } = new("--expanded", "-e", Help: "With what the profiles give");

    public static Flag Config(string what) => new("--config", "-c", "key=value", $"Configuration key of {what}, may be repeated");

    public static Flag Device(string what) => new("--device", "-d", "name,key=value", $"Key of a device of {what}, may be repeated");

    public static Flag Description(string what) => new("--description", Value: "text", Help: $"Description of {what}");

    public static Flag Columns(string letters) => new("--columns", "-c", "columns", "Columns to show") { Default = letters };
}
