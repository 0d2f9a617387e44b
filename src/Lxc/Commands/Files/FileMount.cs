using System.Diagnostics;
using Lxc.Commands.Instances;
using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Commands.Files;

/// <summary><c>file mount</c>: the files of an instance as a directory here, by sshfs.</summary>
internal static class FileMount
{
    public static Command Make() => new("file mount", "[<remote>:]<instance>[/<path>] [<target path>]", "Mount files from instances", RunAsync)
    {
        Count = (1, 2), Hints = [Hint.InstancePath, Hint.File],
        Long = "It is mounted by sshfs until this command ends. Without a target path the files are served by SFTP over SSH on an address of this machine, for sshfs and SFTP clients anywhere.",
        Examples = "lxc file mount u1/root here\n    /root of u1 is the directory here.\n\nlxc file mount u1 --listen 127.0.0.1:2022\n    The files of u1 are at sftp://127.0.0.1:2022, with the name and password it shows.",
        Flags = [new("--listen", Value: "address:port", Help: "Serve SFTP over SSH there instead of mounting"), new("--no-auth", Help: "Let everybody in who reaches the address"), new("--auth-user", Value: "name", Help: "The user's name instead of a random one")],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var text = arguments.Rest[0];
        var place = FilePlace.Parse(context, text.Contains('/') ? text : text + "/", "path");
        if (arguments.Rest.Count == 1 || arguments.Given("--listen"))
        {
            return arguments.Rest.Count == 1 ? await FileListener.RunAsync(context, arguments, place).ConfigureAwait(false) : throw new ApiException(0, "Target path and --listen flag cannot be used together");
        }

        var target = arguments.Rest[1];
        if (!Directory.Exists(target))
        {
            throw new ApiException(0, "Target path must be a directory");
        }

        var sshfs = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "sshfs")).FirstOrDefault(File.Exists) ?? throw new ApiException(0, "sshfs not found");
        using var response = await place.Server.UpgradeAsync(InstanceCommands.PathOf(place.Instance) + "/sftp", "sftp", context.Cancel).ConfigureAwait(false);
        await using var files = await response.Content.ReadAsStreamAsync(context.Cancel).ConfigureAwait(false);
        using var process = Process.Start(new ProcessStartInfo(sshfs, ["-o", "slave", $"lxd.{place.Instance}:{FilePlace.Clean(place.Path)}", target]) { RedirectStandardInput = true, RedirectStandardOutput = true }) ?? throw new ApiException(0, "sshfs did not start");
        await context.Out.WriteLineAsync($"sshfs mounting \"{text}\" on \"{target}\"\nPress ctrl+c to finish").ConfigureAwait(false);
        try
        {
            var there = files.CopyToAsync(process.StandardInput.BaseStream, context.Cancel);
            var back = process.StandardOutput.BaseStream.CopyToAsync(files, context.Cancel);
            await Task.WhenAny(there, back, process.WaitForExitAsync(context.Cancel)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The user is done.
        }
        finally
        {
            process.StandardInput.Close();
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        await context.Out.WriteLineAsync("sshfs has stopped").ConfigureAwait(false);
        return 0;
    }
}
