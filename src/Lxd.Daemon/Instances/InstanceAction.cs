using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Instances;

/// <summary>A change of state as a client asks for it.</summary>
internal sealed record InstanceAction(string Name, bool Force, long Timeout)
{
    /// <summary>The words of the operation.</summary>
    public string Description => Name switch
    {
        "start" => "Starting instance",
        "stop" => "Stopping instance",
        "restart" => "Restarting instance",
        "freeze" => "Freezing instance",
        _ => "Unfreezing instance",
    };

    public static InstanceAction Parse(InstanceStatePut put)
    {
        if (put.Action is not ("start" or "stop" or "restart" or "freeze" or "unfreeze"))
        {
            throw ApiException.BadRequest($"Unknown action: \"{put.Action}\"");
        }

        return put.Stateful ? throw ApiException.BadRequest("Stateful actions are not supported for containers") : new InstanceAction(put.Action, put.Force, put.Timeout);
    }

    /// <summary>What it is for one of many: a start of what is frozen lets it go on.</summary>
    public InstanceAction For(RunStatus status) => Name == "start" && status == RunStatus.Frozen ? this with { Name = "unfreeze" } : this;

    /// <summary>Whether the action has something to do in this state.</summary>
    public bool Fits(RunStatus status) => Name switch
    {
        "start" => status is RunStatus.Stopped or RunStatus.Frozen,
        "freeze" => status is RunStatus.Running or RunStatus.Ready,
        "unfreeze" => status == RunStatus.Frozen,
        _ => status != RunStatus.Stopped,
    };

    public Task RunAsync(InstanceService service, InstanceRecord instance, OperationRequestor? requestor, CancellationToken ct) => Name switch
    {
        "start" => service.StartAsync(instance, requestor, ct),
        "stop" => service.StopAsync(instance, Force, Timeout, requestor, ct),
        "restart" => service.RestartAsync(instance, Force, Timeout, requestor, ct),
        "freeze" => service.FreezeAsync(instance, true, requestor, ct),
        _ => service.FreezeAsync(instance, false, requestor, ct),
    };
}
