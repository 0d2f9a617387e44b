namespace Lxd.Core.Config.Schemas;

public static partial class InstanceKeys
{
    /// <summary>What the instance may use of the host.</summary>
    private static IEnumerable<ConfigKey> Limits => ConfigSchema.InGroup("resource-limits",
    [
        new("limits.cpu",
            Help: "Number of CPUs, or a set of them (`0-2,5`). Unset: all CPUs for a container, one for a virtual machine.") { DefaultText = "1 (VMs)", LiveUpdate = "yes" },
        new("limits.cpu.allowance", "string", "100%",
            "CPU time: a percentage as a soft share under load, or a hard limit such as `25ms/100ms`.") { LiveUpdate = "yes", Condition = "container" },
        new("limits.cpu.nodes",
            Help: "NUMA nodes whose CPUs the instance may run on (`0,2-3`), or `balanced` to have one chosen. Unset: all nodes.") { LiveUpdate = "yes" },
        new("limits.cpu.pin_strategy", "string", "none",
            "Whether virtual CPUs stay on CPUs chosen for them (`auto`) or move freely (`none`).", Check: Checks.OneOf("none", "auto")) { LiveUpdate = "no", Condition = "virtual machine" },
        new("limits.cpu.priority", "integer",
            Help: "Which of several instances with the same share of CPU time comes first under load, from 0 to 10.", Check: Checks.Range(0, 10)) { DefaultText = "`10` (maximum)", LiveUpdate = "yes", Condition = "container" },
        new("limits.disk.priority", "integer",
            Help: "Share of disk throughput under load, from 0 to 10; a higher number gets more.", Check: Checks.Range(0, 10)) { DefaultText = "`5` (medium)", LiveUpdate = "yes" },
        new("limits.hugepages.1GB",
            Help: "Most memory in huge pages of 1 GB, as a size such as `2GiB`. Unset: no limit.", Check: Checks.Bytes) { LiveUpdate = "yes", Condition = "container" },
        new("limits.hugepages.1MB",
            Help: "Most memory in huge pages of 1 MB, as a size such as `512MiB`. Unset: no limit.", Check: Checks.Bytes) { LiveUpdate = "yes", Condition = "container" },
        new("limits.hugepages.2MB",
            Help: "Most memory in huge pages of 2 MB, as a size such as `512MiB`. Unset: no limit.", Check: Checks.Bytes) { LiveUpdate = "yes", Condition = "container" },
        new("limits.hugepages.64KB",
            Help: "Most memory in huge pages of 64 KB, as a size such as `64MiB`. Unset: no limit.", Check: Checks.Bytes) { LiveUpdate = "yes", Condition = "container" },
        new("limits.max_bus_ports", "integer", "8",
            "Number of ports for devices on the bus of a virtual machine, which bounds how many can be plugged in while it runs.") { LiveUpdate = "no", Condition = "virtual machine" },
        new("limits.memory",
            Help: "Most memory: a size such as `512MiB`, or a percentage of the host's. Unset: no limit for a container, 1GiB for a virtual machine.") { DefaultText = "`1GiB` (VMs)", LiveUpdate = "yes" },
        new("limits.memory.enforce", "string", "hard",
            "Whether the limit of memory always holds (`hard`) or only while the host is short of memory (`soft`).", Check: Checks.OneOf("hard", "soft")) { LiveUpdate = "yes", Condition = "container" },
        new("limits.memory.hugepages", "bool", "false",
            "Whether the memory of a virtual machine is made of huge pages.") { LiveUpdate = "no", Condition = "virtual machine" },
        new("limits.memory.swap", "bool", "true", "Whether memory of the container may be written to swap.") { LiveUpdate = "yes", Condition = "container" },
        new("limits.memory.swap.priority", "integer",
            Help: "How late the container's memory is written to swap, from 0 to 10; the highest number goes last.", Check: Checks.Range(0, 10)) { DefaultText = "`10` (maximum)", LiveUpdate = "yes", Condition = "container" },
        new("limits.processes", "integer",
            Help: "Most processes that may exist in the container at once. Unset: no limit.") { DefaultText = "empty", LiveUpdate = "yes", Condition = "container" },
        new("limits.kernel.*", Help: "A resource limit of the container's processes, such as `limits.kernel.nofile`: one number, or `SOFT:HARD`."),
        new("limits.network.priority", "integer", Help: "Kept from older servers and without effect: use `limits.priority` of the NIC.") { Condition = "kept from older servers" },
    ]);
}
