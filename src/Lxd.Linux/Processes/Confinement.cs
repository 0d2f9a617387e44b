using System.Globalization;

namespace Lxd.Linux.Processes;

/// <summary>What a tool may do that is fed by strangers (compressors, unpackers, the ends of a migration): it sees the host's programs and the paths named here, each alone and without what is
/// mounted in it, opens no device there, reaches no network and no other process, and has these rights of root only. See docs/decisions/0011-tools-fed-by-strangers.md.</summary>
/// <param name="Rights">Of root; none for what only reads and writes its streams.</param>
public sealed record Confinement(ToolRights Rights = ToolRights.None)
{
    /// <summary>Nothing but its streams.</summary>
    public static Confinement Streams { get; } = new();

    /// <summary>Files and directories it reads.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Files and directories it changes; all are there already.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];

    /// <summary>Unpacks into a directory.</summary>
    public static Confinement Into(string directory, ToolRights rights = ToolRights.None) => new(ToolRights.Files | rights) { Writes = [directory] };

    /// <summary>The program that runs a tool so, and what it is told. Without being root the tool can do little anyway, and the caller could not confine it.</summary>
    internal (string Path, IEnumerable<string> Arguments) Wrap(string tool, IEnumerable<string> arguments) => Environment.IsPrivilegedProcess
        ? (MonitorBinary.Path, ["confine", ((ulong)Rights).ToString("x", CultureInfo.InvariantCulture), .. Reads.Select(r => "read:" + r), .. Writes.Select(w => "write:" + w), "--", tool, .. arguments])
        : (tool, arguments);
}

/// <summary>The capabilities of root that tools need, as the kernel numbers them.</summary>
[Flags]
public enum ToolRights : ulong
{
    None = 0,
    Chown = 1 << 0,

    /// <summary>Reads and writes what its owner forbids; <c>DAC_READ_SEARCH</c> would do for reading, but it opens files of the whole file system by their number.</summary>
    Override = 1 << 1,
    Owner = 1 << 3,
    SetIdBits = 1 << 4,

    /// <summary>Attributes of the kernel's own (<c>trusted.</c>), and what the tools of btrfs ask of the kernel.</summary>
    Admin = 1 << 21,
    MakeNodes = 1 << 27,
    SetCapabilities = 1UL << 31,

    /// <summary>Makes files of any kind and owner.</summary>
    Files = Chown | Override | Owner | SetIdBits | MakeNodes | SetCapabilities,
}
