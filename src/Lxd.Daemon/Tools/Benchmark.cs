using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Server;
using Lxd.Daemon.Verbs;

namespace Lxd.Daemon.Tools;

/// <summary><c>lxd-benchmark</c>: many containers at once, timed.</summary>
internal sealed class Benchmark(LxdConnection daemon, VerbArguments arguments)
{
    private const string Help = """
        Description:
          Time what the local daemon does with many containers

        Usage:
          lxd-benchmark init|launch [<image>] [flags]
          lxd-benchmark start|stop|delete [flags]

        Flags:
          -C, --count int           How many containers (default 1)
          -F, --freeze              Pause each right after its start
          -h, --help                Show this
          -P, --parallel int        How many at a time (default: one for each CPU)
              --privileged          Privileged containers
              --project string      The project (default "default")
              --report-file string  Add a line to this CSV file
              --report-label string Name of that line (default: the action)
              --version             Show the version

        """;

    private const string Mark = "user.lxd-benchmark";

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--version"))
        {
            await Console.Out.WriteLineAsync(ServerService.Version).ConfigureAwait(false);
            return 0;
        }

        if (args.Length == 0 || args.Contains("-h") || args.Contains("--help") || args[0] == "help")
        {
            await Console.Out.WriteAsync(Help).ConfigureAwait(false);
            return 0;
        }

        try
        {
            var arguments = VerbArguments.Parse(args, ["--count|-C", "--parallel|-P", "--report-file", "--report-label", "--project"], ["--freeze|-F", "--privileged"]);
            var action = arguments.Rest.FirstOrDefault("");
            using var daemon = LxdConnection.Unix(new DaemonOptions(DaemonOptions.DefaultDirectory).Socket, arguments.Get("--project", "default"));
            var benchmark = new Benchmark(daemon, arguments);
            var took = action switch
            {
                "init" or "launch" => await benchmark.CreateAsync(action == "launch").ConfigureAwait(false),
                "start" => await benchmark.StateAsync("start").ConfigureAwait(false),
                "stop" => await benchmark.StateAsync("stop").ConfigureAwait(false),
                "delete" => await benchmark.DeleteAsync().ConfigureAwait(false),
                _ => throw new ApiException(0, $"unknown command \"{action}\" for \"lxd-benchmark\""),
            };
            if (arguments.Get("--report-file") is { Length: > 0 } file)
            {
                Report(file, arguments.Get("--report-label", action), took);
            }

            return 0;
        }
        catch (ApiException e)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private int Parallel => int.TryParse(arguments.Get("--parallel"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : Environment.ProcessorCount;

    private async Task<TimeSpan> CreateAsync(bool start)
    {
        var count = int.TryParse(arguments.Get("--count", "1"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : throw new ApiException(0, "Invalid value for --count");
        var image = await ImageAsync(arguments.Rest.Skip(1).FirstOrDefault() ?? throw new ApiException(0, "An image is required")).ConfigureAwait(false);
        var taken = (await MineAsync().ConfigureAwait(false)).Select(i => i.Name).ToHashSet();
        var names = Enumerable.Range(1, int.MaxValue).Select(i => $"benchmark-{i.ToString($"D{count.ToString(CultureInfo.InvariantCulture).Length}", CultureInfo.InvariantCulture)}").Where(name => !taken.Contains(name)).Take(count);
        return await AllAsync(names, async name =>
        {
            var config = new JsonObject { [Mark] = "true" };
            if (arguments.Has("--privileged"))
            {
                config["security.privileged"] = "true";
            }

            await daemon.RunAsync("POST", "/1.0/instances", new JsonObject { ["name"] = name, ["config"] = config, ["source"] = new JsonObject { ["type"] = "image", ["fingerprint"] = image } }, null, CancellationToken.None).ConfigureAwait(false);
            if (start)
            {
                await ChangeAsync(name, "start").ConfigureAwait(false);
                if (arguments.Has("--freeze"))
                {
                    await ChangeAsync(name, "freeze").ConfigureAwait(false);
                }
            }
        }).ConfigureAwait(false);
    }

    private async Task<TimeSpan> StateAsync(string action) =>
        await AllAsync((await MineAsync().ConfigureAwait(false)).Where(i => i.Status == "Stopped" == (action == "start")).Select(i => i.Name), name => ChangeAsync(name, action)).ConfigureAwait(false);

    private async Task<TimeSpan> DeleteAsync() => await AllAsync((await MineAsync().ConfigureAwait(false)).Select(i => (i.Name, i.Status)), async i =>
    {
        if (i.Status != "Stopped")
        {
            await ChangeAsync(i.Name, "stop").ConfigureAwait(false);
        }

        await daemon.RunAsync("DELETE", $"/1.0/instances/{i.Name}", null, null, CancellationToken.None).ConfigureAwait(false);
    }).ConfigureAwait(false);

    private Task ChangeAsync(string name, string action) =>
        daemon.RunAsync("PUT", $"/1.0/instances/{name}/state", new JsonObject { ["action"] = action, ["timeout"] = -1, ["force"] = action == "stop" }, null, CancellationToken.None);

    private async Task<List<Instance>> MineAsync() =>
        (await daemon.GetAsync<List<Instance>>("/1.0/instances?recursion=1", CancellationToken.None).ConfigureAwait(false)).FindAll(i => i.Config.GetValueOrDefault(Mark) == "true");

    /// <summary>An alias or a fingerprint of the local server.</summary>
    private async Task<string> ImageAsync(string image)
    {
        image = image.StartsWith("local:", StringComparison.Ordinal) ? image[6..] : image;
        try
        {
            return (await daemon.GetAsync<ImageAliasesEntry>($"/1.0/images/aliases/{Uri.EscapeDataString(image)}", CancellationToken.None).ConfigureAwait(false)).Target;
        }
        catch (ApiException)
        {
            return (await daemon.GetAsync<Image>($"/1.0/images/{Uri.EscapeDataString(image)}", CancellationToken.None).ConfigureAwait(false)).Fingerprint;
        }
    }

    private async Task<TimeSpan> AllAsync<T>(IEnumerable<T> things, Func<T, Task> work)
    {
        var all = things.ToList();
        var watch = Stopwatch.StartNew();
        var done = 0;
        await System.Threading.Tasks.Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (thing, _) =>
        {
            await work(thing).ConfigureAwait(false);
            var finished = Interlocked.Increment(ref done);
            if (finished % Math.Max(1, all.Count / 10) == 0)
            {
                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{finished} of {all.Count} in {watch.Elapsed.TotalSeconds:F3} s ({finished / watch.Elapsed.TotalSeconds:F2}/s)")).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Total time: {watch.Elapsed.TotalSeconds:F3} s")).ConfigureAwait(false);
        return watch.Elapsed;
    }

    /// <summary>Columns: time of the line in milliseconds since 1970, milliseconds taken, label, success.</summary>
    private static void Report(string file, string label, TimeSpan took)
    {
        var fresh = !File.Exists(file) || new FileInfo(file).Length == 0;
        var line = string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()},{(long)took.TotalMilliseconds},{label},,true\n");
        File.AppendAllText(file, (fresh ? "timeStamp,elapsed,label,responseCode,success\n" : "") + line);
    }
}
