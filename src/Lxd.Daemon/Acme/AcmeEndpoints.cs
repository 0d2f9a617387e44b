using Lxd.Core;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Acme;

/// <summary><c>/.well-known/acme-challenge/TOKEN</c>: where a certificate authority looks whether this server has the name it wants a certificate for (HTTP-01).</summary>
internal sealed class AcmeEndpoints(ChallengeAnswers answers)
{
    public void Map(Router router) => router.Map("GET", "/.well-known/acme-challenge/{token}", Access.Anyone, (request, _) =>
        Task.FromResult(answers.Find(request.Route("token")) is { } answer ? Response.Text(answer, "application/octet-stream") : throw ApiException.NotFound()));
}
