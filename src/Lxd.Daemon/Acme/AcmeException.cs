namespace Lxd.Daemon.Acme;

/// <summary>Why there is no certificate, in words for the administrator.</summary>
/// <param name="type">What the authority calls it, without <c>urn:ietf:params:acme:error:</c>; empty where it is not the authority that refuses.</param>
/// <param name="retryAfter">When the authority wants to be asked again.</param>
internal sealed class AcmeException(string message, string type = "", TimeSpan? retryAfter = null, Exception? cause = null) : Exception(message, cause)
{
    public string Type => type;

    public TimeSpan? RetryAfter => retryAfter;
}
