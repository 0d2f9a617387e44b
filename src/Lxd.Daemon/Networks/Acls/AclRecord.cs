using Lxd.Core.Api;

namespace Lxd.Daemon.Networks.Acls;

/// <summary>An access control list as the database has it.</summary>
internal sealed record AclRecord(long Id, string Project, string Name, string Description, List<NetworkACLRule> Ingress, List<NetworkACLRule> Egress, Dictionary<string, string> Config);
