using System.Diagnostics;

namespace Lxd.Integration.Tests.Lab;

/// <summary>What a command answered.</summary>
public sealed record Answer(int Code, string Out, string Err)
{
    public override string ToString() => $"exit {Code}\n{Out}\n{Err}";
}

/// <summary>Runs commands as a user would, in a directory of their own.</summary>
public sealed class Shell(IReadOnlyDictionary<string, string> environment, string directory)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public string Directory => directory;

    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>Runs a bash command line; it must succeed.</summary>
    public async Task<string> RunAsync(string line, string? input = null)
    {
        var answer = await TryAsync(line, input);
        Assert.True(answer.Code == 0, $"$ {line}\n{answer}");
        return answer.Out;
    }

    /// <summary>Runs a bash command line that must fail with this text in its errors.</summary>
    public async Task FailsAsync(string line, string error)
    {
        var answer = await TryAsync(line);
        Assert.True(answer.Code != 0, $"$ {line}\nsucceeded\n{answer}");
        Assert.Contains(error, answer.Err + answer.Out);
    }

    public async Task<Answer> TryAsync(string line, string? input = null)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", line])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(true);
            throw new TimeoutException($"$ {line}\ndid not end within {Patience}");
        }

        return new Answer(process.ExitCode, await stdout.WaitAsync(Patience), await stderr.WaitAsync(Patience));
    }
}
