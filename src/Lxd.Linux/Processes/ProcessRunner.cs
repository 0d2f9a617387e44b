using System.Diagnostics;
using System.Text;
using Lxd.Core;

namespace Lxd.Linux.Processes;

/// <summary>What a program answered.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Error);

/// <summary>Runs the host's programs; the only place that does.</summary>
public static class ProcessRunner
{
    /// <summary>Runs to the end; a failure tells the program and its errors. Cancelling kills it and what it started.</summary>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct, string? input = null)
    {
        var result = await TryAsync(program, arguments, ct, input).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw ApiException.Internal($"Failed to run: {program} {string.Join(' ', arguments)}: exit status {result.ExitCode} ({result.Error.Trim()})");
        }

        return result.Output;
    }

    /// <summary>As <see cref="RunAsync"/>, for who wants to judge the exit code.</summary>
    public static async Task<ProcessResult> TryAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct, string? input = null)
    {
        using var process = Start(program, arguments, input is not null);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), ct).ConfigureAwait(false);
                process.StandardInput.Close();
            }

            await process.WaitForExitAsync(ct).ConfigureAwait(false);
            return new ProcessResult(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch
        {
            KillTree(process);
            throw;
        }
    }

    /// <summary>Runs with streams: <paramref name="input"/> is copied to it, its output to <paramref name="output"/>; either may be null.</summary>
    public static async Task StreamAsync(string program, IReadOnlyList<string> arguments, Stream? input, Func<Stream, CancellationToken, Task>? output, CancellationToken ct)
    {
        using var process = Start(program, arguments, input is not null);
        try
        {
            var error = process.StandardError.ReadToEndAsync(ct);
            var feeding = input is null ? Task.CompletedTask : FeedAsync(process, input, ct);
            var reading = output is null ? process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, ct) : output(process.StandardOutput.BaseStream, ct);
            await Task.WhenAll(feeding, reading).ConfigureAwait(false);
            await process.WaitForExitAsync(ct).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                throw ApiException.Internal($"Failed to run: {program}: exit status {process.ExitCode} ({(await error.ConfigureAwait(false)).Trim()})");
            }
        }
        catch
        {
            KillTree(process);
            throw;
        }
    }

    private static async Task FeedAsync(Process process, Stream input, CancellationToken ct)
    {
        try
        {
            await input.CopyToAsync(process.StandardInput.BaseStream, ct).ConfigureAwait(false);
        }
        catch (IOException) when (process.HasExited)
        {
            // It had enough: its exit code tells whether that is well.
        }
        finally
        {
            process.StandardInput.Close();
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, bool input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            var process = Process.Start(start) ?? throw new InvalidOperationException(program);
            if (!input)
            {
                process.StandardInput.Close();
            }

            return process;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw ApiException.Internal($"Failed to run: {program}: {e.Message}", e);
        }
    }

    private static void KillTree(Process process)
    {
        try
        {
            process.Kill(true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
