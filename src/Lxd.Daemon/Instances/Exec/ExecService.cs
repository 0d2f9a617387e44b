using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Exec;

/// <summary>Commands inside instances: over websockets, recorded to files, or with their output thrown away.</summary>
internal sealed class ExecService(InstanceServices with)
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The operation that runs the command; bad request for what cannot be run.</summary>
    public OperationSpec Prepare(InstanceRecord instance, InstanceExecPost post, Request request)
    {
        Check(instance, post);
        var exec = Command(instance, post);
        with.Events.Lifecycle("instance-exec", instance.Project, instance.Url, request.Requestor, new JsonObject { ["command"] = Strings(post.Command) }, instance.Name);
        if (!post.WaitForWebsocket)
        {
            return InstanceUrls.Spec(request, "Executing command", [instance.Name], (progress, ct) => RunAloneAsync(instance, exec, post.RecordOutput, progress, ct), both: true);
        }

        var client = new ExecClient(post.Interactive);
        return InstanceUrls.Spec(request, "Executing command", [instance.Name], async (progress, ct) =>
        {
            var code = await client.RunAsync((begin, token) => with.Driver.ExecAsync(with.RefOf(instance), exec with { Begin = begin }, token), ct).ConfigureAwait(false);
            progress.Set("return", code);
        }, both: true) with
        {
            Class = "websocket",
            Connect = client.Sockets.ConnectAsync,
            Metadata = new JsonObject
            {
                ["command"] = Strings(post.Command),
                ["environment"] = new JsonObject(exec.Environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, e.Value))),
                ["fds"] = client.Sockets.Secrets,
                ["interactive"] = post.Interactive,
            },
        };
    }

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private void Check(InstanceRecord instance, InstanceExecPost post)
    {
        if (post.Command.Count == 0 || post.Command[0].Length == 0)
        {
            throw ApiException.BadRequest("No command specified");
        }

        if (post.RecordOutput && (post.WaitForWebsocket || post.Interactive))
        {
            throw ApiException.BadRequest("Cannot use record-output with wait-for-websocket or interactive");
        }

        if (post.Interactive && !post.WaitForWebsocket)
        {
            throw ApiException.BadRequest("An interactive command needs wait-for-websocket");
        }

        switch (with.StatusOf(instance))
        {
            case RunStatus.Stopped:
                throw ApiException.BadRequest("Instance is not running");
            case RunStatus.Frozen:
                throw ApiException.BadRequest("Instance is frozen");
            default:
                break;
        }
    }

    private static ExecRequest Command(InstanceRecord instance, InstanceExecPost post)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Limits.Suffixed(instance, "environment.").Concat(post.Environment))
        {
            environment[key] = value;
        }

        environment.TryAdd("PATH", DefaultPath);
        if (post.User == 0)
        {
            environment.TryAdd("HOME", "/root");
            environment.TryAdd("USER", "root");
        }

        environment.TryAdd("LANG", "C.UTF-8");
        return new ExecRequest(post.Command)
        {
            Environment = environment,
            Uid = post.User,
            Gid = post.Group,
            Directory = post.Cwd.Length > 0 ? post.Cwd : environment.GetValueOrDefault("HOME", "/"),
            Interactive = post.Interactive,
            Width = (int)Math.Clamp(post.Width, 0, ushort.MaxValue),
            Height = (int)Math.Clamp(post.Height, 0, ushort.MaxValue),
        };
    }

    /// <summary>Nobody is connected: the output goes to files or nowhere.</summary>
    private async Task RunAloneAsync(InstanceRecord instance, ExecRequest exec, bool record, OperationProgress progress, CancellationToken ct)
    {
        var (output, errors) = ("/dev/null", "/dev/null");
        JsonObject? urls = null;
        if (record)
        {
            var directory = InstanceLogsEndpoints.OutputDirectory(with, instance);
            Directory.CreateDirectory(directory);
            var name = "exec_" + Guid.NewGuid();
            (output, errors) = (Path.Combine(directory, name + ".stdout"), Path.Combine(directory, name + ".stderr"));
            urls = new JsonObject { ["1"] = $"{instance.Url}/logs/exec-output/{name}.stdout", ["2"] = $"{instance.Url}/logs/exec-output/{name}.stderr" };
        }

        await using var session = await with.Driver.ExecAsync(with.RefOf(instance), exec with { StdoutFile = output, StderrFile = errors }, ct).ConfigureAwait(false);
        await session.Input.DisposeAsync().ConfigureAwait(false);
        var code = await session.Exit.WaitAsync(ct).ConfigureAwait(false);
        progress.Metadata(m =>
        {
            m["return"] = code;
            if (urls is not null)
            {
                m["output"] = urls.DeepClone();
            }
        });
    }
}
