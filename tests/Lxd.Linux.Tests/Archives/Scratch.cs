using System.Diagnostics;

namespace Lxd.Linux.Tests.Archives;

/// <summary>A directory for one test, removed afterwards.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("lxd_test_");

    public string this[string name] => Path.Combine(_root.FullName, name);

    public string Make(string name)
    {
        Directory.CreateDirectory(this[name]);
        return this[name];
    }

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Runs a shell line in the directory and returns what it printed.</summary>
    public string Shell(string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-ec", line]) { RedirectStandardOutput = true, WorkingDirectory = _root.FullName };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"'{line}' failed: {text}");
        return text.Trim();
    }

    public void Dispose() => Lxd.Linux.Disks.TreeDelete.Delete(_root.FullName, default);
}
