using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Images;

/// <summary>Secrets that let somebody fetch one private image: an operation of class token that ends by itself.</summary>
internal sealed class ImageSecrets(OperationService operations)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, string> _secrets = new();

    public RunningOperation Create(ImageRecord image, Caller caller)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _secrets[secret] = image.Fingerprint;
        return operations.Start(new OperationSpec("Executing operation", image.Project, async (progress, ct) =>
        {
            try
            {
                await Task.Delay(Life, ct).ConfigureAwait(false);
            }
            finally
            {
                _secrets.TryRemove(secret, out _);
            }
        })
        {
            Class = "token",
            MayCancel = true,
            Requestor = caller.Requestor(),
            Metadata = new JsonObject { ["secret"] = secret },
            Resources = new() { ["images"] = [image.Url] },
        });
    }

    public bool Opens(string secret, string fingerprint) => secret.Length > 0 && _secrets.TryGetValue(secret, out var image) && image == fingerprint;
}
