using Lxd.Daemon.Events;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Server;
using Lxd.Daemon.Warnings;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Networks;

/// <summary>What all that belongs to networks works with.</summary>
internal sealed record NetworkNeeds(NetworkStore Store, ProjectService Projects, ProjectQuota Quota, EventHub Events, WarningService Warnings, ServerConfig Config, DaemonPaths Paths, ILogger Logger);
