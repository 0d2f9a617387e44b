using Lxd.Core.Api;

namespace Lxd.Daemon.Storage;

/// <summary>A pool as the database has it.</summary>
internal sealed record PoolRecord(long Id, string Name, string Driver, string Description, long State)
{
    public const long Pending = 0;
    public const long Created = 1;
    public const long Errored = 2;

    public Dictionary<string, string> Config { get; init; } = [];

    public List<string> UsedBy { get; init; } = [];

    public string Url => Core.Names.Url("default", "1.0", "storage-pools", Name);

    public StoragePoolPut Editable() => new() { Config = Config, Description = Description };

    /// <param name="available">Whether the pool is mounted.</param>
    public StoragePool ToApi(bool available) => new()
    {
        Name = Name,
        Driver = Driver,
        Description = Description,
        Config = Config,
        UsedBy = UsedBy,
        Locations = ["none"],
        Status = State switch
        {
            Pending => "Pending",
            Errored => "Errored",
            _ => available ? "Created" : "Unavailable",
        },
    };
}
