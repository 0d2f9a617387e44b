using Lxd.Daemon.Events;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Server;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Images;

/// <summary>The lower services images need.</summary>
internal sealed record ImageServices(EventHub Events, ProjectService Projects, ProjectQuota Quota, ServerConfig Config, ILogger Log);
