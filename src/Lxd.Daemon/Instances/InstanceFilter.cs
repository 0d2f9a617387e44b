namespace Lxd.Daemon.Instances;

/// <summary>Which instances a query is about; nothing set: all of them.</summary>
internal readonly record struct InstanceFilter(string? Project = null, string? Name = null, long? Id = null, string? Type = null)
{
    /// <summary>The condition on <c>i</c> (instances) and <c>p</c> (projects); its parameters are <see cref="Args"/>.</summary>
    public string Where
    {
        get
        {
            var terms = new List<string>();
            if (Project is not null)
            {
                terms.Add("p.name = ?");
            }

            if (Name is not null)
            {
                terms.Add("i.name = ?");
            }

            if (Id is not null)
            {
                terms.Add("i.id = ?");
            }

            if (Type is not null)
            {
                terms.Add("i.type = ?");
            }

            return terms.Count == 0 ? "1 = 1" : string.Join(" AND ", terms);
        }
    }

    public object?[] Args
    {
        get
        {
            var args = new List<object?>();
            foreach (var arg in (object?[])[Project, Name, Id, Type is null ? null : (long)Core.DatabaseCodes.InstanceType(Type)])
            {
                if (arg is not null)
                {
                    args.Add(arg);
                }
            }

            return [.. args];
        }
    }
}
