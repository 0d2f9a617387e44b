using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Checks what can be told before any work: the name, the source, keys and profiles. Returns the instance as it is asked for.</summary>
    /// <param name="profiles">Null where the request names none: the image's or the default one then.</param>
    public async Task<InstanceRecord> PlanAsync(string project, InstancesPost post, List<string>? profiles, CancellationToken ct)
    {
        if (post.Source.Type is not ("image" or "none" or "copy" or "migration"))
        {
            throw ApiException.BadRequest(post.Source.Type.Length == 0 ? "Must specify a source type" : $"Unknown source type \"{post.Source.Type}\"");
        }

        var type = post.Type.Length == 0 ? "container" : post.Type;
        DatabaseCodes.InstanceType(type);

        var name = post.Name.Length > 0 ? post.Name : await FreeNameAsync(project, ct).ConfigureAwait(false);
        Names.CheckInstance(name);
        var config = NonEmpty(post.Config);
        foreach (var (key, value) in InstanceSizes.Limits(post.InstanceType))
        {
            config.TryAdd(key, value);
        }

        if (config.Keys.FirstOrDefault(k => k.StartsWith("volatile.", StringComparison.Ordinal) && post.Source.Type is "image" or "none") is not null)
        {
            await CheckVolatileAsync(project, config.Keys, ct).ConfigureAwait(false);
            config = config.Where(c => !c.Key.StartsWith("volatile.", StringComparison.Ordinal) || c.Key.EndsWith(".hwaddr", StringComparison.Ordinal)).ToDictionary();
        }

        var plan = new InstanceRecord
        {
            Project = project,
            Name = name,
            Type = type,
            Architecture = post.Architecture.Length > 0 ? DatabaseCodes.Canonical(post.Architecture) : DatabaseCodes.HostArchitecture,
            Ephemeral = post.Ephemeral,
            Description = post.Description,
            Config = config,
            Devices = post.Devices.ToDictionary(d => d.Key, d => NonEmpty(d.Value)),
            Profiles = profiles ?? ["default"],
        };
        DatabaseCodes.Architecture(plan.Architecture);
        if (post.Source.Type != "copy")
        {
            InstanceConfig.CheckKind(plan.Config, plan.IsContainer);
        }

        InstanceConfig.Validate(plan.Config);
        if (post.Source.Type != "copy")
        {
            await with.Devices.CheckAsync(await ExpandAsync(plan, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        }

        return plan;
    }

    /// <summary>Makes an instance from an image.</summary>
    public async Task CreateFromImageAsync(InstanceRecord plan, InstanceSource source, bool ownProfiles, bool start, OperationRequestor? requestor, OperationProgress progress, CancellationToken ct)
    {
        var image = await with.Images.ResolveAsync(plan.Project, source, plan.Type, text => progress.Set("download_progress", text), ct).ConfigureAwait(false);
        var config = new Dictionary<string, string>(plan.Config, StringComparer.Ordinal) { ["volatile.base_image"] = image.Fingerprint };
        foreach (var (key, value) in image.Properties)
        {
            config.TryAdd("image." + key, value);
        }

        plan = plan with { Config = config, Architecture = image.Architecture, Profiles = ownProfiles ? plan.Profiles : [.. image.Profiles] };
        var made = await MakeAsync(plan, "create", (instance, token) => with.Volumes.CreateFromImageAsync(instance, image.Fingerprint, text => progress.Set("create_instance_from_image_unpack_progress", text), token), requestor, ct).ConfigureAwait(false);
        await StartIfAsync(start, made, requestor, ct).ConfigureAwait(false);
    }

    /// <summary>Makes an instance with an empty root.</summary>
    public async Task CreateEmptyAsync(InstanceRecord plan, bool start, OperationRequestor? requestor, CancellationToken ct)
    {
        var made = await MakeAsync(plan, "create", with.Volumes.CreateEmptyAsync, requestor, ct).ConfigureAwait(false);
        await StartIfAsync(start, made, requestor, ct).ConfigureAwait(false);
    }

    /// <summary>The frame of every way to make an instance: name first, then the volume, then the event; a failure leaves neither.</summary>
    private async Task<InstanceRecord> MakeAsync(InstanceRecord plan, string trigger, Func<InstanceRecord, CancellationToken, Task> fill, OperationRequestor? requestor, CancellationToken ct, string replaces = "") =>
        await MakePreparedAsync(await PrepareAsync(plan, ct).ConfigureAwait(false), trigger, fill, requestor, ct, replaces).ConfigureAwait(false);

    /// <param name="trigger">The templates applied at the first start; null leaves that as the configuration has it.</param>
    /// <param name="replaces">The instance of the project that goes for it, and counts no more; empty for none.</param>
    private async Task<InstanceRecord> MakePreparedAsync(InstanceRecord prepared, string? trigger, Func<InstanceRecord, CancellationToken, Task> fill, OperationRequestor? requestor, CancellationToken ct, string replaces = "")
    {
        await CheckAsync(prepared, ct).ConfigureAwait(false);
        await CheckProjectAsync(prepared, ct, replaces).ConfigureAwait(false);
        await using var undo = Undo("create");
        var instance = await with.Store.InsertAsync(prepared with { Config = new Dictionary<string, string>(prepared.Config, StringComparer.Ordinal) { [Unfinished] = "create" } }, ct).ConfigureAwait(false);
        undo.Add(() => with.Store.DeleteAsync(instance.Id, CancellationToken.None));
        using var lease = await with.Locks.TakeAsync(instance.Id, "create", ct).ConfigureAwait(false);
        await fill(instance, ct).ConfigureAwait(false);
        undo.Add(() => with.Volumes.DeleteAsync(instance, CancellationToken.None));
        Directory.CreateDirectory(LogDirectory(instance), PrivateDirectory);
        undo.Add(() => RemoveDirectory(LogDirectory(instance)));
        LinkVolume(instance);
        undo.Add(() => UnlinkVolume(instance));
        instance = await with.Devices.AddAllAsync(instance, ct).ConfigureAwait(false);
        var done = new Dictionary<string, string?> { [Unfinished] = null };
        if (trigger is not null)
        {
            done["volatile.apply_template"] = trigger;
        }

        instance = await with.Store.SetConfigAsync(instance.Id, done, ct).ConfigureAwait(false);
        undo.Commit();
        await with.BackupFiles.WriteAsync(instance.Id, CancellationToken.None).ConfigureAwait(false);
        Tell("instance-created", instance, requestor, new() { ["location"] = "none", ["type"] = instance.Type, ["storage-pool"] = instance.Pool });
        return instance;
    }

    /// <summary>Gives a plan its identity: creation time and the volatile keys every instance has.</summary>
    private async Task<InstanceRecord> PrepareAsync(InstanceRecord plan, CancellationToken ct)
    {
        var uuid = plan.Config.GetValueOrDefault("volatile.uuid") ?? Guid.NewGuid().ToString();
        var config = new Dictionary<string, string>(plan.Config, StringComparer.Ordinal)
        {
            ["volatile.uuid"] = uuid,
            ["volatile.uuid.generation"] = uuid,
            ["volatile.cloud-init.instance-id"] = Guid.NewGuid().ToString(),
        };
        AddOwners(plan, config);
        return await WithAddressesAsync(plan with { Config = config, CreatedAt = DateTime.UtcNow, LastUsedAt = default }, ct).ConfigureAwait(false);
    }

    /// <summary>A container's files have owners, which are the ids inside until a start has them otherwise.</summary>
    private static void AddOwners(InstanceRecord plan, Dictionary<string, string> config)
    {
        if (plan.IsContainer)
        {
            config.TryAdd("volatile.last_state.idmap", "[]");
        }
    }

    /// <summary>The expanded instance with what its devices keep in its configuration: hardware addresses for the interfaces that have none.</summary>
    private async Task<InstanceRecord> WithAddressesAsync(InstanceRecord plan, CancellationToken ct)
    {
        var instance = await ExpandAsync(plan, ct).ConfigureAwait(false);
        var own = new Dictionary<string, string>(plan.Config, StringComparer.Ordinal);
        foreach (var (key, value) in await with.Devices.FillAsync(instance, ct).ConfigureAwait(false))
        {
            own[key] = value;
        }

        return await ExpandAsync(instance with { Config = own }, ct).ConfigureAwait(false);
    }

    private async Task StartIfAsync(bool start, InstanceRecord instance, OperationRequestor? requestor, CancellationToken ct)
    {
        if (start)
        {
            await StartAsync(instance, requestor, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What the server notes of an instance its users do not write themselves where the project is restricted.</summary>
    private async Task CheckVolatileAsync(string project, IEnumerable<string> keys, CancellationToken ct)
    {
        if (keys.FirstOrDefault(k => k.StartsWith("volatile.", StringComparison.Ordinal)) is { } key && Core.Config.Checks.IsTrue((await with.Store.ProjectConfigAsync(project, ct).ConfigureAwait(false)).GetValueOrDefault("restricted")))
        {
            throw ApiException.Forbidden($"Use of low-level config \"{key}\" is forbidden in project \"{project}\"");
        }
    }

    /// <summary>What the project forbids, and what all it holds may have together.</summary>
    private async Task CheckProjectAsync(InstanceRecord wanted, CancellationToken ct, string replaces = "")
    {
        ProjectRestrictions.Check(wanted, await with.Store.ProjectConfigAsync(wanted.Project, ct).ConfigureAwait(false), wanted.Id == 0 ? "creation" : "update");
        await with.Quota.CheckInstancesAsync(wanted.Project, [wanted.Share], ct, replaces).ConfigureAwait(false);
    }

    private async Task<string> FreeNameAsync(string project, CancellationToken ct)
    {
        var taken = (await with.Store.NamesAsync(new InstanceFilter(project), ct).ConfigureAwait(false)).Select(n => n.Name).ToHashSet();
        return InstanceNames.Generate(taken);
    }

    private static Dictionary<string, string> NonEmpty(Dictionary<string, string> map) => map.Where(p => p.Value is { Length: > 0 }).ToDictionary(StringComparer.Ordinal);
}
