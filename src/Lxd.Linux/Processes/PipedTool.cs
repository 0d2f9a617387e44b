using System.Diagnostics;
using System.Text;

namespace Lxd.Linux.Processes;

/// <summary>A tool of the host with its input and output as streams. Disposing ends it.</summary>
public sealed class PipedTool : IAsyncDisposable
{
    private const int MaxErrorText = 4096;

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _name;

    private PipedTool(Process process, string name)
    {
        _process = process;
        _name = name;
        _errors = ReadErrorsAsync(process.StandardError.BaseStream);
    }

    /// <summary>Of the process that waits for a confined tool.</summary>
    internal int Id => _process.Id;

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Where a tool lies, or null where it is not installed.</summary>
    public static string? Find(string name) =>
        ((string[])["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]).Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);

    /// <param name="confinement">Null for a tool that gets nothing of strangers.</param>
    public static PipedTool Start(string name, Confinement? confinement, params IEnumerable<string> arguments)
    {
        var found = Find(name) ?? throw new FileNotFoundException($"The tool \"{name}\" is not installed");
        var (path, all) = confinement?.Wrap(found, arguments) ?? (found, arguments);
        var start = new ProcessStartInfo(path, all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        return new PipedTool(Process.Start(start) ?? throw new IOException($"Failed to start {name}"), name);
    }

    /// <summary>Runs a tool to its end and returns what it printed; anything but success is an error with the tool's own words.</summary>
    public static async Task<string> RunAsync(string name, IEnumerable<string> arguments, CancellationToken ct, Confinement? confinement = null)
    {
        await using var tool = Start(name, confinement, arguments);
        tool.Input.Close();
        using var reader = new StreamReader(tool.Output);
        var text = await reader.ReadToEndAsync(ct).ConfigureAwait(false);
        await tool.WaitAsync(ct).ConfigureAwait(false);
        return text;
    }

    /// <summary>Waits for the end; an exit status that is not among <paramref name="allowed"/> (or 0) is an error.</summary>
    public async Task WaitAsync(CancellationToken ct, params int[] allowed)
    {
        await _process.WaitForExitAsync(ct).ConfigureAwait(false);
        if (_process.ExitCode != 0 && !allowed.Contains(_process.ExitCode))
        {
            throw new ToolFailed(_name, _process.ExitCode, await _errors.ConfigureAwait(false));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);

        // A confined one dies by itself when the one that waits for it does; it has gone when nobody holds its errors any more.
        await Task.WhenAny(_errors).ConfigureAwait(false);
        _process.Dispose();
    }

    /// <summary>Ends it at once; reads and writes on its streams come to an end then. A repeat does nothing.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    private static async Task<string> ReadErrorsAsync(Stream stream)
    {
        var kept = new byte[MaxErrorText];
        var rest = new byte[1024];
        var length = 0;
        while (true)
        {
            var buffer = length < MaxErrorText ? kept.AsMemory(length) : rest;
            var read = await stream.ReadAsync(buffer).ConfigureAwait(false);
            if (read == 0)
            {
                return Encoding.UTF8.GetString(kept, 0, length).Trim();
            }

            length = length < MaxErrorText ? length + read : length;
        }
    }
}
