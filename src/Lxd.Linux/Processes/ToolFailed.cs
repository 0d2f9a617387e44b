using System.Globalization;

namespace Lxd.Linux.Processes;

/// <summary>A tool of the host ended with an error.</summary>
public sealed class ToolFailed(string tool, int status, string words) : IOException(string.Create(CultureInfo.InvariantCulture, $"Failed to run {tool}: exit status {status} ({words})"))
{
    /// <summary>What it had to say.</summary>
    public string Words => words;
}
