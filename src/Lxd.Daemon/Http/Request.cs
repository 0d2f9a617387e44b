using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Lxd.Daemon.Http;

/// <summary>One request as handlers see it.</summary>
internal sealed class Request(HttpContext context, Caller nobody, IReadOnlyDictionary<string, string> route, string escapedPath, Gate gate)
{
    /// <summary>Largest JSON body read.</summary>
    private const int MaxBody = 32 << 20;

    /// <summary>A node finds out that a key stands twice only when somebody asks.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // Work that goes on after the answer still asks for these, when the context is gone.
    private readonly IQueryCollection _query = context.Request.Query;
    private readonly string _path = context.Request.Path.Value ?? "";

    public HttpContext Context => context;

    /// <summary>The path without the query.</summary>
    public string Path => _path;

    /// <summary>The path as it came, still escaped.</summary>
    public string EscapedPath => escapedPath;

    /// <summary>Who asks; a stranger until the authenticator knows better.</summary>
    public Caller Caller { get; set; } = nobody;

    /// <summary>The thing that the path begins with, where the gate has looked it up.</summary>
    public Entity? Entity { get; set; }

    /// <summary>The program that asks, as it calls itself.</summary>
    public string UserAgent { get; } = context.Request.Headers.UserAgent.ToString();

    /// <summary>Whether the caller has the right. What a restricted certificate reaches through a project of its own is its own, wherever it really is.</summary>
    public bool May(Entity entity, string entitlement) =>
        Caller.May(Caller.Projects is not null && entity.Kind.InProject && !AllProjects ? Http.Entity.Of(entity.Kind, Project, entity.Names) : entity, entitlement);

    /// <summary>Throws unless the caller may view what the request takes from elsewhere: the source of a copy.</summary>
    /// <param name="project">The project through which it is reached.</param>
    public void CheckSource(string project, Entity source)
    {
        if (Caller.Rights is null)
        {
            Caller.CheckProject(project);
        }
        else
        {
            gate.Check(this, source, "can_view", Caller.May(source, "can_view"));
        }
    }

    /// <summary>Throws forbidden, or not found where the caller may not even see it, unless the caller has the right.</summary>
    public void Check(Entity entity, string entitlement) => gate.Check(this, entity, entitlement, May(entity, entitlement));

    public OperationRequestor Requestor => Caller.Requestor();

    /// <summary>The project named by the query, or <c>default</c>.</summary>
    public string Project => Query("project") is { Length: > 0 } project ? project : Caller.DefaultProject;

    public bool AllProjects => Core.Config.Checks.IsTrue(Query("all-projects"));

    /// <summary>0, 1 or 2; a suffix such as <c>;fields=</c> is left to <see cref="Fields"/>.</summary>
    public int Recursion => int.TryParse(Query("recursion").Split(';')[0], out var level) ? level : 0;

    /// <summary>The state fields asked for with recursion 2; null for all. Throws where there is none of the name.</summary>
    public IReadOnlyList<string>? Fields
    {
        get
        {
            const string Key = ";fields=";
            var query = Query("recursion");
            var at = query.IndexOf(Key, StringComparison.Ordinal);
            var named = at >= 0 ? query[(at + Key.Length)..] : _query.TryGetValue("fields", out var values) ? string.Join(',', values.ToArray()) : null;
            var fields = named?.Split(',', StringSplitOptions.RemoveEmptyEntries);
            return Array.Find(fields ?? [], f => f is not ("state.disk" or "state.network")) is { } unknown ? throw ApiException.BadRequest($"Invalid field \"{unknown}\"") : fields;
        }
    }

    public string Filter => Query("filter");

    public string Method => context.Request.Method;

    /// <summary>A part of the path: <c>Route("name")</c>, percent-decoded.</summary>
    public string Route(string name) => route[name];

    public string Query(string name) => _query.TryGetValue(name, out StringValues values) ? values[0] ?? "" : "";

    public bool HasQuery(string name) => _query.ContainsKey(name);

    /// <summary>A header's first value, empty where absent.</summary>
    public string Header(string name) => context.Request.Headers.TryGetValue(name, out var values) ? values[0] ?? "" : "";

    /// <summary>The JSON body as a type of the API; an empty body is an empty object.</summary>
    public async Task<T> BodyAsync<T>(CancellationToken ct)
    {
        var bytes = await BytesAsync(ct).ConfigureAwait(false);
        return bytes.Length == 0 ? Json.Parse<T>("{}") : Json.Parse<T>(bytes);
    }

    /// <summary>The JSON body as an object, for PATCH where absent and empty differ.</summary>
    public async Task<JsonObject> ObjectAsync(CancellationToken ct)
    {
        var bytes = await BytesAsync(ct).ConfigureAwait(false);
        try
        {
            return bytes.Length == 0 ? [] : JsonNode.Parse(bytes.Span, documentOptions: Strict) as JsonObject ?? throw ApiException.BadRequest("The request body is not a JSON object");
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"Failed parsing JSON: {e.Message}", e);
        }
    }

    /// <summary>Throws precondition failed unless If-Match is absent or names this ETag.</summary>
    public void CheckEtag(string etag)
    {
        var match = Header("If-Match");
        if (match.Length > 0 && match.Trim('"') != etag.Trim('"'))
        {
            throw ApiException.PreconditionFailed($"ETag doesn't match: {etag.Trim('"')} vs {match.Trim('"')}");
        }
    }

    private Task<ReadOnlyMemory<byte>> BytesAsync(CancellationToken ct) => JsonBody.ReadAsync(context.Request.Body, MaxBody, ct);
}
