using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Images;

/// <summary>Secrets that let somebody fetch one private image, or send one image. Each is an operation of class token that ends soon after the secret was used.</summary>
internal sealed class ImageTokens(OperationService operations)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>A download that begins in this time after another is a repeat of it.</summary>
    private static readonly TimeSpan AfterUse = TimeSpan.FromSeconds(5);

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Token> _tokens = new();

    /// <summary>A secret that opens an image of a project.</summary>
    public RunningOperation ForDownload(ImageRecord image, Caller caller) => Start("Executing operation", new Token(image.Project, image.Fingerprint, null), caller, image.Url, []);

    /// <summary>A secret that lets another server send an image.</summary>
    /// <param name="project">The project the image goes to.</param>
    /// <param name="wishes">What the image is to become; what the sender says of it does not count.</param>
    public RunningOperation ForUpload(string project, ImagesPost wishes, Caller caller)
    {
        var aliases = new JsonArray([.. wishes.Aliases.Select(a => (JsonNode)new JsonObject { ["name"] = a.Name, ["description"] = a.Description })]);
        return Start("Uploading image", new Token(project, wishes.Source.Fingerprint, wishes), caller, Core.Names.Url(project, "1.0", "images", wishes.Source.Fingerprint), new() { ["aliases"] = aliases, ["public"] = wishes.Public });
    }

    /// <param name="uses">Whether this is what the secret is for. Who fetches asks for the image's description first, and may be slow to go on.</param>
    public bool Opens(string secret, string project, string fingerprint, bool uses)
    {
        if (secret.Length == 0 || !_tokens.TryGetValue(secret, out var token) || token.Upload is not null || token.Project != project || token.Fingerprint != fingerprint)
        {
            return false;
        }

        if (uses)
        {
            token.Used.TrySetResult();
        }

        return true;
    }

    /// <summary>What an upload with this secret is to become; null for a wrong secret. A secret is good for one upload.</summary>
    public ImagesPost? TakeUpload(string secret, string project, string fingerprint)
    {
        if (secret.Length == 0 || !_tokens.TryGetValue(secret, out var token) || token.Upload is null || token.Project != project || token.Fingerprint != fingerprint || !token.Used.TrySetResult())
        {
            return null;
        }

        _tokens.TryRemove(secret, out _);
        return token.Upload;
    }

    private RunningOperation Start(string description, Token token, Caller caller, string url, JsonObject metadata)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        metadata["secret"] = secret;
        _tokens[secret] = token;
        return operations.Start(new OperationSpec(description, token.Project, async (progress, ct) =>
        {
            try
            {
                await Task.WhenAny(token.Used.Task, Task.Delay(Life, ct)).ConfigureAwait(false);
                ct.ThrowIfCancellationRequested();
                await Task.Delay(AfterUse, ct).ConfigureAwait(false);
            }
            finally
            {
                _tokens.TryRemove(secret, out _);
            }
        })
        {
            Class = "token",
            MayCancel = true,
            Requestor = caller.Requestor(),
            Metadata = metadata,
            Resources = new() { ["images"] = [url] },
        });
    }

    private sealed record Token(string Project, string Fingerprint, ImagesPost? Upload)
    {
        public TaskCompletionSource Used { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
