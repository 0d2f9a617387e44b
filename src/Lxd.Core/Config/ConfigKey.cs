namespace Lxd.Core.Config;

/// <summary>One configuration key: everything validation, typed reading, completion and the reference need to know of it.</summary>
/// <param name="Name">The key; one <c>*</c> stands for any text of at least one character (<c>user.*</c>).</param>
/// <param name="Type">string, integer, bool, and so on, as the reference shows it. A bool and an integer are checked as such.</param>
/// <param name="Default">What holds when the key is unset.</param>
/// <param name="Help">What the key does, in a sentence or two: unit, values, what it means to leave it unset.</param>
/// <param name="Check">Throws <see cref="ApiException"/> for a bad value, in place of the check of the type; not called for the empty value, which unsets.</param>
public sealed record ConfigKey(string Name, string Type = "string", string Default = "", string Help = "", Action<string>? Check = null)
{
    public Action<string>? Check { get; init; } = Check ?? Checks.OfType(Type);

    /// <summary>What the reference shows as the default where that is no plain value: <c>parent MTU</c>.</summary>
    public string DefaultText { get; init; } = "";

    /// <summary>The value a new thing gets where its maker says nothing.</summary>
    public string Initial { get; init; } = "";

    /// <summary>Which group of the reference it stands in; the table's own where null, as with the four below.</summary>
    public string? Group { get; init; }

    /// <summary><c>global</c> (shared by a cluster) or <c>local</c> (a member's own).</summary>
    public string? Scope { get; init; }

    /// <summary>Whether it has to be set: yes, no, or when.</summary>
    public string? Required { get; init; }

    /// <summary>Whether a managed network sets it for a NIC: yes or no.</summary>
    public string? Managed { get; init; }

    /// <summary>Whether it can only be given when the thing is made: yes or no.</summary>
    public string ReadOnly { get; init; } = "";

    /// <summary>Whether a change takes effect without a restart: yes, no, or for whom.</summary>
    public string LiveUpdate { get; init; } = "";

    /// <summary>Where it has a meaning: <c>container</c>, <c>virtual machine</c>, <c>IPv4 address</c>, ...</summary>
    public string Condition { get; init; } = "";

    /// <summary>What the reference writes for the star of a name: <c>NAME</c>.</summary>
    public string Star { get; init; } = "*";

    /// <summary>Never shown: reads as <c>true</c> when set.</summary>
    public bool Secret { get; init; }

    public bool IsPattern => Name.Contains('*');

    public bool Matches(string key)
    {
        var star = Name.IndexOf('*');
        return star < 0
            ? key == Name
            : !key.Any(char.IsControl) && key.Length >= Name.Length && key.StartsWith(Name[..star], StringComparison.Ordinal) && key.EndsWith(Name[(star + 1)..], StringComparison.Ordinal);
    }
}
