using System.Diagnostics;
using Lxd.Core;

namespace Lxc.Terminal;

/// <summary>A text changed by the user: by a pipe, or in <c>$VISUAL</c>, <c>$EDITOR</c> or vi.</summary>
internal static class Editor
{
    /// <summary>Offers the text until <paramref name="save"/> takes it; a refusal may be edited again.</summary>
    public static async Task EditAsync(string text, Func<string, Task> save, CancellationToken ct)
    {
        if (Console.IsInputRedirected)
        {
            await save(Input.ReadPiped()).ConfigureAwait(false);
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
                    await save(await File.ReadAllTextAsync(file, ct).ConfigureAwait(false)).ConfigureAwait(false);
                    return;
                }
                catch (ApiException e)
                {
                    await Console.Error.WriteLineAsync($"Config parsing error: {e.Message}\nPress enter to open the editor again or ctrl+c to abort change").ConfigureAwait(false);
                    Console.In.ReadLine();
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task OpenAsync(string file, CancellationToken ct)
    {
        var editor = Environment.GetEnvironmentVariable("VISUAL") is { Length: > 0 } visual ? visual : Environment.GetEnvironmentVariable("EDITOR") is { Length: > 0 } own ? own : "vi";
        using var process = Process.Start("/bin/sh", ["-c", $"{editor} \"$1\"", "sh", file]);
        await process.WaitForExitAsync(ct).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new ApiException(0, $"The editor ended with {process.ExitCode}");
        }
    }
}
