using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Acme;

/// <summary>The way to a certificate: an account, an order, a proof that the name is ours, a request for our key, the certificate.</summary>
internal sealed class AcmeOrder(AcmeClient client, ChallengeAnswers answers, AcmePatience patience)
{
    private const int LongestToken = 256;

    /// <param name="request">The request for the certificate (PKCS #10, DER).</param>
    /// <returns>PEM, as the authority sent it.</returns>
    public async Task<string> ObtainAsync(AcmeSettings settings, byte[] request, CancellationToken ct)
    {
        await RegisterAsync(settings.Email, ct).ConfigureAwait(false);
        var wanted = new JsonObject { ["identifiers"] = new JsonArray(new JsonObject { ["type"] = "dns", ["value"] = settings.Domain }) };
        var order = await client.PostAsync(await client.AddressAsync("newOrder", ct).ConfigureAwait(false), wanted, ct).ConfigureAwait(false);
        foreach (var authorization in (order.Json["authorizations"] as JsonArray ?? []).OfType<JsonValue>())
        {
            await ProveAsync(authorization.TryGetValue<string>(out var url) ? url : "", ct).ConfigureAwait(false);
        }

        var place = order.Location.Length > 0 ? order.Location : throw new AcmeException("The certificate authority does not say where the order is");
        await FinalizeAsync(order.Text("finalize"), request, ct).ConfigureAwait(false);
        var done = await SettleAsync(place, status => status is "pending" or "ready" or "processing", ct).ConfigureAwait(false);
        return AcmeAnswer.Text(done, "status") == "valid"
            ? (await client.ReadAsync(AcmeAnswer.Text(done, "certificate"), ct, "application/pem-certificate-chain").ConfigureAwait(false)).Body
            : throw Refused(done["error"], "The certificate authority gave the order up");
    }

    /// <summary>Makes the account, or finds the one the key has already and tells it the address of now.</summary>
    private async Task RegisterAsync(string email, CancellationToken ct)
    {
        if (await client.NeedsContractAsync(ct).ConfigureAwait(false))
        {
            throw new AcmeException("The certificate authority takes only accounts that were arranged with it elsewhere (external account binding)");
        }

        var contact = "mailto:" + email;
        var account = await client.PostAsync(await client.AddressAsync("newAccount", ct).ConfigureAwait(false),
            new JsonObject { ["termsOfServiceAgreed"] = true, ["contact"] = new JsonArray(contact) }, ct).ConfigureAwait(false);
        client.Account = account.Location.Length > 0 ? account.Location : throw new AcmeException("The certificate authority does not say where the account is");

        // Some do not tell the contact.
        if (account.Status == System.Net.HttpStatusCode.OK && account.Json["contact"] is JsonArray known && !(known.Count == 1 && known[0]?.ToString() == contact))
        {
            await client.PostAsync(client.Account, new JsonObject { ["contact"] = new JsonArray(contact) }, ct).ConfigureAwait(false);
        }
    }

    private async Task ProveAsync(string url, CancellationToken ct)
    {
        var authorization = await client.ReadAsync(url, ct).ConfigureAwait(false);
        if (authorization.Text("status") == "valid")
        {
            return;
        }

        var challenge = Challenge(authorization.Json) ?? throw new AcmeException("The certificate authority takes no proof by HTTP-01 for this name");
        var token = AcmeAnswer.Text(challenge, "token");
        if (token.Length is 0 or > LongestToken || !token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new AcmeException("The certificate authority asks for a token that is none");
        }

        using (answers.Give(token, $"{token}.{client.Thumbprint}"))
        {
            await client.PostAsync(AcmeAnswer.Text(challenge, "url"), [], ct).ConfigureAwait(false);
            var end = await SettleAsync(url, status => status is "pending" or "processing", ct).ConfigureAwait(false);
            if (AcmeAnswer.Text(end, "status") != "valid")
            {
                throw Refused(Challenge(end)?["error"], $"The certificate authority did not find the answer under /.well-known/acme-challenge/{token}");
            }
        }
    }

    /// <summary>An order is not ready at once in every authority when its proofs are.</summary>
    private async Task FinalizeAsync(string url, byte[] request, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await client.PostAsync(url, new JsonObject { ["csr"] = Base64Url.EncodeToString(request) }, ct).ConfigureAwait(false);
                return;
            }
            catch (AcmeException e) when (e.Type == "orderNotReady")
            {
                await patience.WaitAsync(e.RetryAfter, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task<JsonObject> SettleAsync(string url, Func<string, bool> isOpen, CancellationToken ct)
    {
        while (true)
        {
            var answer = await client.ReadAsync(url, ct).ConfigureAwait(false);
            if (!isOpen(answer.Text("status")))
            {
                return answer.Json;
            }

            await patience.WaitAsync(answer.RetryAfter, ct).ConfigureAwait(false);
        }
    }

    private static JsonObject? Challenge(JsonObject authorization) => (authorization["challenges"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(c => AcmeAnswer.Text(c, "type") == "http-01");

    private static AcmeException Refused(JsonNode? problem, string otherwise) => new(AcmeProblem.Describe(problem as JsonObject, otherwise), AcmeProblem.Type(problem as JsonObject));
}
