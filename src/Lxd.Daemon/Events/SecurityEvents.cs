using System.Text.Json.Nodes;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Events;

/// <summary>What an auditor wants to know: who failed to get in, who was refused, who changed who may do what.</summary>
internal sealed class SecurityEvents(EventHub events)
{
    private const string Info = "info";
    private const string Warning = "warning";

    /// <summary>A stranger came with a certificate; one without is only looking.</summary>
    public void NotTrusted(Request request)
    {
        if (request.Context.Connection.ClientCertificate is not null)
        {
            Tell("authn_login_fail:tls", Warning, "Authentication failure: untrusted client certificate", request, request.Caller with { Protocol = "tls" });
        }
    }

    public void Denied(Request request, string entitlement, Entity entity) =>
        Tell($"authz_fail:{entitlement}:{entity.Path}", Warning, "Authorization failure", request, request.Caller);

    /// <param name="bearer">Whom the token names, true or not.</param>
    public void BadToken(Request request, Caller bearer) => Tell("authn_token_reuse", Warning, "Invalid or expired bearer token presented", request, bearer);

    public void TokenIssued(Request request, string identifier) => Tell("authn_token_created:" + identifier, Info, "Bearer token issued", request, request.Caller);

    public void TokenRevoked(Request request, string identifier) => Tell("authn_token_revoked:" + identifier, Info, "Bearer token revoked", request, request.Caller);

    public void CertificateReplaced(Request request, string fingerprint) => Tell("authn_certificate_change:" + fingerprint, Info, "Client certificate replaced", request, request.Caller);

    /// <param name="what"><c>group_create</c>, <c>idp_group_edit</c>, <c>identity_delete</c> and the like.</param>
    public void Administered(Request request, string what, string name) => Tell($"authz_admin:{what}:{name}", Info, "Access management change", request, request.Caller);

    /// <param name="what"><c>created</c>, <c>updated</c> or <c>deleted</c>.</param>
    /// <param name="request">Null where the daemon itself follows what an identity provider says.</param>
    public void User(Request? request, string what, string method, string identifier) =>
        Tell($"user_{what}:{method}:{identifier}", Info, "Identity " + what, request, request?.Caller);

    public void Started() => Tell("sys_startup", Info, "LXD daemon started", null, null);

    public void Stopping() => Tell("sys_shutdown", Info, "LXD daemon stopping", null, null);

    public void MonitorDisabled() => Tell("sys_monitor_disabled", Warning, "Loki monitoring disabled", null, null);

    private void Tell(string name, string level, string description, Request? request, Caller? caller)
    {
        if (!events.HasListeners)
        {
            return;
        }

        var metadata = new JsonObject { ["name"] = name, ["level"] = level, ["description"] = description };
        if (request is not null && caller is not null)
        {
            var requestor = new JsonObject { ["username"] = caller.Username, ["protocol"] = caller.Protocol, ["address"] = caller.Address };
            if (request.UserAgent.Length > 0)
            {
                requestor["user_agent"] = request.UserAgent;
            }

            metadata["requestor"] = requestor;
            metadata["project"] = request.Project;
            metadata["request_path"] = request.Path;
            metadata["request_method"] = request.Method;
        }

        events.Publish("security", "", metadata);
    }
}
