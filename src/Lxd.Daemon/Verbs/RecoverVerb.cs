using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Hosting;

namespace Lxd.Daemon.Verbs;

/// <summary><c>recover</c>: asks its way through bringing back what lies in the pools and stands in no database.</summary>
internal sealed class RecoverVerb(LxdConnection server, TextReader input, TextWriter output)
{
    public static async Task<int> RunAsync(DaemonOptions options, VerbArguments arguments)
    {
        if (arguments.Rest.Count > 0)
        {
            throw new ApiException(0, "Invalid number of arguments");
        }

        using var server = LxdConnection.Unix(options.Socket);
        await new RecoverVerb(server, Console.In, Console.Out).AskAsync(CancellationToken.None).ConfigureAwait(false);
        return 0;
    }

    private async Task AskAsync(CancellationToken ct)
    {
        while (true)
        {
            await ShowPoolsAsync(ct).ConfigureAwait(false);
            if (!await YesAsync("Would you like to continue with scanning for lost volumes? (yes/no) [default=yes]: ", true, ct).ConfigureAwait(false))
            {
                return;
            }

            await SayAsync("Scanning for unknown volumes...").ConfigureAwait(false);
            var found = Json.Parse<RecoverValidation>((await server.SendAsync("POST", "/internal/recover/validate", new JsonObject(), ct).ConfigureAwait(false)).Metadata);
            if (found.UnknownVolumes.Count == 0 && found.DependencyErrors.Count == 0)
            {
                await SayAsync("No unknown storage volumes found. Nothing to do.").ConfigureAwait(false);
                return;
            }

            if (found.UnknownVolumes.Count > 0)
            {
                await SayAsync("The following unknown volumes have been found:").ConfigureAwait(false);
                foreach (var volume in found.UnknownVolumes)
                {
                    await SayAsync($" - {Word(volume.Type)} \"{volume.Name}\" on pool \"{volume.Pool}\" in project \"{volume.Project}\" (includes {volume.SnapshotCount} snapshots)").ConfigureAwait(false);
                }
            }

            if (found.DependencyErrors.Count == 0)
            {
                break;
            }

            await SayAsync("You are currently missing the following:").ConfigureAwait(false);
            foreach (var missing in found.DependencyErrors)
            {
                await SayAsync($" - {missing}").ConfigureAwait(false);
            }

            await output.WriteAsync("Please create those missing entries and then hit ENTER: ").ConfigureAwait(false);
            await output.FlushAsync(ct).ConfigureAwait(false);
            if (await input.ReadLineAsync(ct).ConfigureAwait(false) is null)
            {
                throw new ApiException(0, "Failed reading the answer");
            }
        }

        if (await YesAsync("Would you like those to be recovered? (yes/no) [default=no]: ", false, ct).ConfigureAwait(false))
        {
            await SayAsync("Starting recovery...").ConfigureAwait(false);
            await server.SendAsync("POST", "/internal/recover/import", new JsonObject(), ct).ConfigureAwait(false);
        }
    }

    private async Task ShowPoolsAsync(CancellationToken ct)
    {
        var pools = await server.GetAsync<List<StoragePool>>("/1.0/storage-pools?recursion=1", ct).ConfigureAwait(false);
        if (pools.Count == 0)
        {
            await SayAsync("This LXD server currently has no storage pools. Existing ones are taken up with \"lxc storage create NAME DRIVER source.recover=true ...\".").ConfigureAwait(false);
            return;
        }

        await SayAsync("This LXD server currently has the following storage pools:").ConfigureAwait(false);
        foreach (var pool in pools)
        {
            await SayAsync($" - Pool \"{pool.Name}\" using driver \"{pool.Driver}\"").ConfigureAwait(false);
        }
    }

    private async Task<bool> YesAsync(string question, bool fallback, CancellationToken ct)
    {
        while (true)
        {
            await output.WriteAsync(question).ConfigureAwait(false);
            await output.FlushAsync(ct).ConfigureAwait(false);
            var answer = await input.ReadLineAsync(ct).ConfigureAwait(false) ?? throw new ApiException(0, "Failed reading the answer");
            switch (answer.Trim().ToLowerInvariant())
            {
                case "":
                    return fallback;
                case "yes" or "y":
                    return true;
                case "no" or "n":
                    return false;
                default:
                    await SayAsync("Invalid input, try again.\n").ConfigureAwait(false);
                    break;
            }
        }
    }

    private Task SayAsync(string line) => output.WriteLineAsync(line);

    private static string Word(string type) => type switch
    {
        "container" => "Container",
        "virtual-machine" => "Virtual-Machine",
        _ => "Volume",
    };
}
