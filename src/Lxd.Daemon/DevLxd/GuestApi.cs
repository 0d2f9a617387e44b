using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;
using Lxd.Daemon.Instances;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.DevLxd;

/// <summary>The main API for identities that speak from inside an instance: each sees and may what its groups were granted, in the project of that instance and no other.</summary>
internal sealed class GuestApi(Pipeline pipeline, IdentityCache identities)
{
    public async Task<Caller> CallerAsync(IdentityRecord identity, InstanceRecord instance, CancellationToken ct) => new(identity.Type.MethodName, identity.Identifier, "@")
    {
        Trusted = true,
        DefaultProject = instance.Project,
        Rights = await identities.RightsAsync(identity, [], ct).ConfigureAwait(false),
    };

    /// <summary>A thing of the API, and its ETag.</summary>
    public async Task<(JsonNode Thing, string Etag)> GetAsync(Caller caller, string url, CancellationToken ct)
    {
        var response = await AskAsync(caller, "GET", url, null, "", ct).ConfigureAwait(false);
        return (response.Node?.Invoke() ?? throw ApiException.NotFound(), response.Etag ?? "");
    }

    /// <param name="url">Path and query, escaped.</param>
    /// <param name="etag">What the thing has to be still; empty for whatever it is.</param>
    /// <param name="check">Throws what stands against a call that the identity has the right to.</param>
    public async Task<Response> AskAsync(Caller caller, string method, string url, JsonObject? body, string etag, CancellationToken ct, Func<Task>? check = null)
    {
        var (path, query) = url.IndexOf('?') is >= 0 and var at ? (url[..at], url[at..]) : (url, "");
        var context = new DefaultHttpContext { RequestAborted = ct };
        context.Request.Method = method;
        context.Request.Path = PathString.FromUriComponent(path);
        context.Request.QueryString = new QueryString(query);
        context.Request.Body = new MemoryStream(body is null ? [] : Json.Bytes(body));
        if (etag.Length > 0)
        {
            context.Request.Headers.IfMatch = etag;
        }

        return await pipeline.AskAsync(context, caller, path, check, ct).ConfigureAwait(false);
    }
}
