using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Daemon.Http;

/// <summary>Makes of an answer what its caller may see: lists without what he may not view, no users of a thing that are none of his business, and, on request, what he may do with it.
/// One place for all domains, so that no list can forget it.</summary>
internal static class ResponseView
{
    public static async ValueTask<Response> ApplyAsync(Request request, Access access, Response response, Gate gate, CancellationToken ct)
    {
        var caller = request.Caller;
        var wanted = caller.Rights is null ? [] : request.Query("with-access-entitlements").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var open = caller.IsAdmin || !caller.Trusted;
        if ((open && wanted.Length == 0) || response.Node is null || access.Entity is not { } kind || request.Method is not "GET")
        {
            return response;
        }

        if (wanted.FirstOrDefault(w => !Entitlements.Of(kind).Contains(w)) is { } unknown)
        {
            throw ApiException.BadRequest($"Entitlement \"{unknown}\" is not valid for entity type \"{kind}\"");
        }

        var view = new View(request, kind, wanted, await gate.ProjectOfAsync(request, kind, "custom", ct).ConfigureAwait(false));
        var node = response.Node();
        switch (node)
        {
            case JsonArray list when access.Kind is AccessKind.List or AccessKind.Anyone:
                view.Filter(list, response.IsFiltered);
                break;
            case JsonObject one:
                // A part of the thing (its state, its files) has no rights of its own.
                view.Decorate(one, Entity.Parse(request.EscapedPath, exact: true)?.Kind == kind ? request.Entity : null);
                break;
        }

        return Response.Sync(node, response.Etag);
    }

    private sealed class View(Request request, EntityKind kind, string[] wanted, string project)
    {
        private readonly Caller _caller = request.Caller;

        public void Filter(JsonArray list, bool filtered)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                var entity = EntityOf(list[i]);
                // A restricted certificate sees all in the project that it asked for.
                if (!filtered && _caller.Rights is not null && (entity is null || !_caller.May(entity.Value, "can_view")))
                {
                    list.RemoveAt(i);
                }
                else if (list[i] is JsonObject one)
                {
                    Decorate(one, entity);
                }
            }
        }

        public void Decorate(JsonObject one, Entity? entity)
        {
            if (one["used_by"] is JsonArray users && !_caller.IsAdmin)
            {
                for (var i = users.Count - 1; i >= 0; i--)
                {
                    if (Entity.Parse((string?)users[i] ?? "") is { } user && !_caller.May(user, "can_view"))
                    {
                        users.RemoveAt(i);
                    }
                }
            }

            if (wanted.Length > 0 && entity is { } thing && wanted.Where(w => _caller.May(thing, w)).ToArray() is { Length: > 0 } granted)
            {
                one["access_entitlements"] = new JsonArray([.. granted.Select(g => (JsonNode)JsonValue.Create(g))]);
            }
        }

        /// <summary>The thing that a list's item is or names.</summary>
        private Entity? EntityOf(JsonNode? item)
        {
            if (item is JsonValue)
            {
                if (Entity.Parse(item.ToString(), request.Project) is not { } parsed || parsed.Kind != kind)
                {
                    return null;
                }

                return kind.InProject && !request.AllProjects ? Entity.Of(kind, ProjectOf(kind == EntityKind.StorageVolume ? parsed.Names[1] : ""), parsed.Names) : parsed;
            }

            if (item is not JsonObject one)
            {
                return null;
            }

            var type = kind == EntityKind.StorageVolume ? Text(one, "type") : "";
            var owner = !kind.InProject ? "" : request.AllProjects && Text(one, "project") is { Length: > 0 } told ? told : ProjectOf(type);
            var name = Text(one, kind.NameField);
            return kind == EntityKind.StorageVolume ? Entity.Volume(owner, Text(one, "pool") is { Length: > 0 } pool ? pool : request.Route("pool"), type, Core.Names.SplitSnapshot(name).Parent)
                : kind == EntityKind.StorageBucket ? Entity.Of(kind, owner, Text(one, "pool") is { Length: > 0 } own ? own : request.Route("pool"), name)
                : kind == EntityKind.Identity ? Entity.Of(kind, "", Text(one, "authentication_method"), name)
                : Entity.Of(kind, owner, name);
        }

        private string ProjectOf(string volumeType) => kind == EntityKind.StorageVolume && volumeType != "custom" ? request.Project : project;

        private static string Text(JsonObject one, string member) => one[member]?.ToString() ?? "";
    }
}
