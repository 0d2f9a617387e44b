using System.Diagnostics;
using Lxd.Core;

namespace Lxc.Terminal;

/// <summary>A text changed by the user: by a pipe, or in <c>$VISUAL</c>, <c>$EDITOR</c> or an editor that is there.</summary>
internal static class Editor
{
    private static readonly string[] Usual = ["editor", "vi", "emacs", "nano"];

    /// <summary>Offers the text until <paramref name="save"/> takes it; a refusal may be edited again.</summary>
    /// <param name="save">Takes the text, and whether it came by a pipe.</param>
    public static async Task EditAsync(string text, Func<string, bool, Task> save, CancellationToken ct)
    {
        if (Console.IsInputRedirected)
        {
            await save(Input.ReadPiped(), true).ConfigureAwait(false);
            return;
        }

        var file = Path.Combine(Path.GetTempPath(), $"lxd_editor_{Guid.NewGuid():N}.yaml");
        try
        {
            await using (var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), ct).ConfigureAwait(false);
            }

            while (true)
            {
                await OpenAsync(file, ct).ConfigureAwait(false);
                try
                {
                    await save(await File.ReadAllTextAsync(file, ct).ConfigureAwait(false), false).ConfigureAwait(false);
                    return;
                }
                catch (ApiException e)
                {
                    await Console.Error.WriteLineAsync($"Config parsing error: {e.Message}\nPress enter to open the editor again or ctrl+c to abort change").ConfigureAwait(false);
                    if (Console.In.ReadLine() is null)
                    {
                        throw;
                    }
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Opens a file and waits until the editor ends.</summary>
    public static async Task OpenAsync(string file, CancellationToken ct)
    {
        using var process = Process.Start("/bin/sh", ["-c", $"{Command()} \"$1\"", "sh", file]);
        await process.WaitForExitAsync(ct).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new IOException($"The editor ended with exit status {process.ExitCode}");
        }
    }

    private static string Command()
    {
        foreach (var variable in (string[])["VISUAL", "EDITOR"])
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } chosen)
            {
                return chosen;
            }
        }

        var path = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':');
        return Array.Find(Usual, u => path.Any(p => File.Exists(Path.Combine(p, u)))) ?? throw new ApiException(0, "No text editor found, please set the EDITOR environment variable");
    }
}
