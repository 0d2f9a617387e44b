using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Client.Migration;

/// <summary>An instance or volume on its way from one server to another.</summary>
/// <param name="Source">Where it is.</param>
/// <param name="SourceUrl">What is asked to send it.</param>
/// <param name="SourceBody">The request to the source; <c>migration</c> is added.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="TargetUrl">What is asked to receive it.</param>
/// <param name="TargetBody">The request to the target; how the data comes is added to its <c>source</c>.</param>
public sealed record Transfer(LxdConnection Source, string SourceUrl, JsonObject SourceBody, LxdConnection Target, string TargetUrl, JsonObject TargetBody)
{
    /// <summary>What is made at the target, for errors.</summary>
    public string What { get; init; } = "instance";

    /// <param name="mode"><c>pull</c>: the target connects to the source; <c>push</c>: the source to the target; <c>relay</c>: this client to both.</param>
    /// <returns>The target's operation.</returns>
    public Task<Operation> RunAsync(string mode, Action<Operation>? progress, CancellationToken ct) => mode switch
    {
        "pull" => PullAsync(progress, ct),
        "push" => PushAsync(progress, ct),
        "relay" => RelayAsync(progress, ct),
        _ => throw new ApiException(0, $"Invalid mode \"{mode}\": expected pull, push or relay"),
    };

    private async Task<Operation> PullAsync(Action<Operation>? progress, CancellationToken ct)
    {
        var addresses = await ServerAddresses.OfAsync(Source, ct).ConfigureAwait(false);
        var sending = await SendAsync(null, ct).ConfigureAwait(false);
        try
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    var answer = await ReceiveAsync("pull", End(sending, addresses.Urls[i], addresses.Certificate), ct).ConfigureAwait(false);
                    return await Target.WaitAsync(answer, progress, ct).ConfigureAwait(false);
                }
                catch (ApiException) when (i + 1 < addresses.Urls.Count && !ct.IsCancellationRequested)
                {
                    // Not every address of a server can be reached from everywhere.
                }
                catch (ApiException e) when (!ct.IsCancellationRequested)
                {
                    throw new ApiException(e.Status, $"Failed {What} creation: {e.Message}", e);
                }
            }
        }
        catch
        {
            await CancelAsync(Source, sending).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Operation> PushAsync(Action<Operation>? progress, CancellationToken ct)
    {
        var addresses = await ServerAddresses.OfAsync(Target, ct).ConfigureAwait(false);
        var receiving = await ReceiveAsync("push", [], ct).ConfigureAwait(false);
        try
        {
            var sending = await SendAsync(End(receiving, addresses.Urls[0], addresses.Certificate), ct).ConfigureAwait(false);
            var sent = Source.WaitAsync(sending, null, ct);
            var received = Target.WaitAsync(receiving, progress, ct);
            await sent.ConfigureAwait(false);
            return await received.ConfigureAwait(false);
        }
        catch
        {
            await CancelAsync(Target, receiving).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Operation> RelayAsync(Action<Operation>? progress, CancellationToken ct)
    {
        var sending = await SendAsync(null, ct).ConfigureAwait(false);
        ApiAnswer? receiving = null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            receiving = await ReceiveAsync("push", [], ct).ConfigureAwait(false);
            var (from, to) = (Secrets(sending), Secrets(receiving));
            var relaying = from.Where(s => to.ContainsKey(s.Key)).Select(s => WebSocketRelay.RunAsync((Source, sending.Operation, s.Value), (Target, receiving.Operation, to[s.Key]), ended.Token)).ToList();
            var operation = await Target.WaitAsync(receiving, progress, ct).ConfigureAwait(false);
            await Task.WhenAll(relaying).WaitAsync(TimeSpan.FromSeconds(5), ct).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            return operation;
        }
        catch
        {
            await CancelAsync(Source, sending).ConfigureAwait(false);
            if (receiving is not null)
            {
                await CancelAsync(Target, receiving).ConfigureAwait(false);
            }

            throw;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }

    private Task<ApiAnswer> SendAsync(JsonObject? target, CancellationToken ct)
    {
        var body = (JsonObject)SourceBody.DeepClone();
        body["migration"] = true;
        if (target is not null)
        {
            body["target"] = target;
        }

        return Source.SendAsync("POST", SourceUrl, body, ct);
    }

    private Task<ApiAnswer> ReceiveAsync(string mode, JsonObject end, CancellationToken ct)
    {
        var body = (JsonObject)TargetBody.DeepClone();
        if (body["source"] is not JsonObject source)
        {
            body["source"] = source = [];
        }

        source["type"] = "migration";
        source["mode"] = mode;
        foreach (var (key, value) in end)
        {
            source[key] = value?.DeepClone();
        }

        return Target.SendAsync("POST", TargetUrl, body, ct);
    }

    private static JsonObject End(ApiAnswer answer, string address, string certificate) => new()
    {
        ["operation"] = address + answer.Operation.Split('?')[0],
        ["certificate"] = certificate,
        ["secrets"] = answer.Metadata?["metadata"]?.DeepClone(),
    };

    private static Dictionary<string, string> Secrets(ApiAnswer answer) => (answer.Metadata?["metadata"] as JsonObject ?? []).Where(s => s.Value is JsonValue).ToDictionary(s => s.Key, s => (string)s.Value!);

    /// <summary>An end whose other one failed would wait in vain.</summary>
    private static async Task CancelAsync(LxdConnection server, ApiAnswer answer)
    {
        try
        {
            await server.SendAsync("DELETE", answer.Operation.Split('?')[0], (JsonNode?)null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ApiException)
        {
            // It ended by itself.
        }
    }
}
