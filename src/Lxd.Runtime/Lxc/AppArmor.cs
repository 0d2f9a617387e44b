using Lxd.Linux.Processes;

namespace Lxd.Runtime.Lxc;

/// <summary>AppArmor on this host.</summary>
public static class AppArmor
{
    private static readonly string? Parser = PipedTool.Find("apparmor_parser");

    /// <summary>Whether the kernel enforces profiles.</summary>
    public static bool Enforced { get; } = Text("/sys/module/apparmor/parameters/enabled") == "Y" && Directory.Exists("/sys/kernel/security/apparmor");

    /// <summary>Whether containers get a profile of their own: liblxc writes it and has the host's parser load it. Without a parser they run unconfined.</summary>
    public static bool Usable => Enforced && Parser is not null;

    /// <summary>Where the parser lies, for the search path of liblxc.</summary>
    public static string ParserDirectory => Path.GetDirectoryName(Parser) ?? "";

    private static string Text(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";
}
