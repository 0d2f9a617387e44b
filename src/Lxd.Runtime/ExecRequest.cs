namespace Lxd.Runtime;

/// <summary>A command to run inside.</summary>
public sealed record ExecRequest(IReadOnlyList<string> Command)
{
    /// <summary>The whole environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public string Directory { get; init; } = "";

    /// <summary>On a terminal of its own instead of three pipes.</summary>
    public bool Interactive { get; init; }
    public int Width { get; init; }
    public int Height { get; init; }

    /// <summary>Output goes to these files of the host instead of pipes (recorded output).</summary>
    public string? StdoutFile { get; init; }
    public string? StderrFile { get; init; }

    /// <summary>The command begins when this has ended; all that it takes is made ready before.</summary>
    public Task Begin { get; init; } = Task.CompletedTask;
}
