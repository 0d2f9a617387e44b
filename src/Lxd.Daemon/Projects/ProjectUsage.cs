namespace Lxd.Daemon.Projects;

/// <summary>What one instance takes of its project's allowance, as its configuration says; empty where it says nothing.</summary>
internal sealed record InstanceShare(string Name, string Type, string Cpu, string Memory, string Processes, string Pool, string Size)
{
    public string Of(string key) => key switch
    {
        "limits.cpu" => Cpu,
        "limits.memory" => Memory,
        "limits.processes" => Processes,
        _ => "",
    };
}

/// <summary>What one custom volume takes of its project's allowance.</summary>
internal sealed record VolumeShare(string Pool, string Name, string Size);

/// <summary>All that counts against the limits of a project.</summary>
/// <param name="ImageBytes">The sizes of the project's own images together.</param>
internal sealed record ProjectUsage(IReadOnlyList<InstanceShare> Instances, IReadOnlyList<VolumeShare> Volumes, long Networks, long ImageBytes)
{
    /// <summary>The same with the instance as it shall be.</summary>
    public ProjectUsage With(InstanceShare instance) => this with { Instances = [.. Instances.Where(i => i.Name != instance.Name), instance] };

    /// <summary>The same with the volume as it shall be.</summary>
    public ProjectUsage With(VolumeShare volume) => this with { Volumes = [.. Volumes.Where(v => v.Name != volume.Name || v.Pool != volume.Pool), volume] };

    /// <summary>The same without a volume: it moves elsewhere.</summary>
    public ProjectUsage Without(string pool, string volume) => this with { Volumes = [.. Volumes.Where(v => v.Name != volume || v.Pool != pool)] };
}
