namespace Lxd.Daemon.Networks.Zones;

/// <summary>A DNS zone as the database has it.</summary>
internal sealed record ZoneRecord(long Id, string Project, string Name, string Description, Dictionary<string, string> Config)
{
    public string Get(string key) => Core.Config.Schemas.NetworkKeys.Zone.Get(Config, key);
}
