using System.Diagnostics;
using System.Text;

namespace Lxd.Integration.Tests.Lab;

/// <summary>A command at a terminal of its own, typed to like a user who reads the question first.</summary>
public sealed class Terminal : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private readonly Process _script;
    private readonly StringBuilder _seen = new();
    private int _read;

    public Terminal(Shell shell, string command)
    {
        // script(1) gives the command a terminal and hands on what goes in and out of it.
        var start = new ProcessStartInfo("script", ["-qefc", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = shell.Directory };
        foreach (var (name, value) in shell.Environment)
        {
            start.Environment[name] = value;
        }

        _script = Process.Start(start)!;
    }

    /// <summary>Waits until the text has appeared since the last one waited for, then types a line.</summary>
    public async Task AnswerAsync(string question, string answer)
    {
        await SeeAsync(question);
        await _script.StandardInput.WriteAsync(answer + "\r");
        await _script.StandardInput.FlushAsync();
    }

    public async Task SeeAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new char[1024];
        int at;
        while ((at = _seen.ToString().IndexOf(text, _read, StringComparison.Ordinal)) < 0)
        {
            var count = 0;
            try
            {
                count = await _script.StandardOutput.ReadAsync(buffer, patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"\"{text}\" did not come within {Patience}:\n{_seen}");
            }

            Assert.True(count > 0, $"The terminal closed before \"{text}\" came:\n{_seen}");
            _seen.Append(buffer, 0, count);
        }

        _read = at + text.Length;
    }

    /// <summary>What follows a text on its line.</summary>
    public async Task<string> LineAsync(string text)
    {
        await SeeAsync(text);
        var from = _read;
        await SeeAsync("\n");
        return _seen.ToString()[from.._read].Trim();
    }

    /// <summary>Waits for the command's end.</summary>
    /// <returns>Its exit code and all that it showed.</returns>
    public async Task<Answer> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        _seen.Append(await _script.StandardOutput.ReadToEndAsync(patience.Token));
        await _script.WaitForExitAsync(patience.Token);
        return new Answer(_script.ExitCode, _seen.ToString(), "");
    }

    public ValueTask DisposeAsync()
    {
        if (!_script.HasExited)
        {
            _script.Kill(true);
        }

        _script.Dispose();
        return ValueTask.CompletedTask;
    }
}
