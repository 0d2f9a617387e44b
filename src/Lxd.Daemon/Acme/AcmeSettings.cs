namespace Lxd.Daemon.Acme;

/// <summary>Which certificate is wanted of whom: the keys <c>acme.*</c>.</summary>
internal sealed record AcmeSettings(string Domain, string Email, string Directory)
{
    public const string DirectoryKey = "acme.ca_url";

    /// <summary>All keys it is made of.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["acme.agree_tos", DirectoryKey, "acme.domain", "acme.email"];

    /// <param name="value">The value of a key.</param>
    /// <returns>Null where no certificate is to be asked for: the keys may be set one after the other.</returns>
    public static AcmeSettings? Read(Func<string, string> value)
    {
        var settings = new AcmeSettings(value("acme.domain"), value("acme.email"), value(DirectoryKey));
        return Core.Config.Checks.IsTrue(value("acme.agree_tos")) && settings.Domain.Length > 0 && settings.Email.Length > 0 && settings.Directory.Length > 0 ? settings : null;
    }
}
