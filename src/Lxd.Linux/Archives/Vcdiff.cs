using Lxd.Linux.Processes;

namespace Lxd.Linux.Archives;

/// <summary>Differences between files (vcdiff), applied by the host's <c>xdelta3</c> where it is installed.</summary>
public static class Vcdiff
{
    private const string Tool = "xdelta3";

    public static bool IsAvailable => PipedTool.Find(Tool) is not null;

    /// <summary>Writes what the old file becomes by the difference.</summary>
    public static async Task ApplyAsync(string old, string difference, Stream output, CancellationToken ct)
    {
        await using var tool = PipedTool.Start(Tool, new Confinement { Reads = [old, difference] }, "-d", "-c", "-s", old, difference);
        await using var registration = ct.Register(tool.Kill);
        tool.Input.Close();
        await tool.Output.CopyToAsync(output, 1 << 18, ct).ConfigureAwait(false);
        await tool.WaitAsync(ct).ConfigureAwait(false);
    }
}
