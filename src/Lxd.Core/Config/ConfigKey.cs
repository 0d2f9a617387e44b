namespace Lxd.Core.Config;

/// <summary>One configuration key: everything validation, typed reading, completion and the reference need to know of it.</summary>
/// <param name="Name">The key; one <c>*</c> stands for any text of at least one character (<c>user.*</c>).</param>
/// <param name="Type">string, integer, bool, and so on, as the reference shows it.</param>
/// <param name="Default">What holds when the key is unset.</param>
/// <param name="Help">What the key does, in one sentence.</param>
/// <param name="Check">Throws <see cref="ApiException"/> for a bad value; not called for the empty value, which unsets.</param>
public sealed record ConfigKey(string Name, string Type = "string", string Default = "", string Help = "", Action<string>? Check = null)
{
    /// <summary>Which group of the reference it stands in.</summary>
    public string Group { get; init; } = "";

    /// <summary><c>global</c> (shared by a cluster) or <c>local</c> (a member's own).</summary>
    public string Scope { get; init; } = "global";

    /// <summary>Whether a change takes effect without a restart: yes, no or a condition.</summary>
    public string LiveUpdate { get; init; } = "";

    /// <summary>Never shown: reads as <c>true</c> when set.</summary>
    public bool Secret { get; init; }

    public bool IsPattern => Name.Contains('*');

    public bool Matches(string key)
    {
        var star = Name.IndexOf('*');
        return star < 0
            ? key == Name
            : key.Length >= Name.Length && key.StartsWith(Name[..star], StringComparison.Ordinal) && key.EndsWith(Name[(star + 1)..], StringComparison.Ordinal);
    }
}
