using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxc.Output;

/// <summary>What a server has, for people: the answer of <c>/1.0/resources</c> as indented text.</summary>
internal static class ResourcesText
{
    public static string Of(JsonNode resources)
    {
        var text = new StringBuilder();
        Line(text, 0, "System", "");
        var system = resources["system"];
        foreach (var (member, label) in ((string, string)[])[("uuid", "UUID"), ("vendor", "Vendor"), ("product", "Product"), ("family", "Family"), ("version", "Version"), ("sku", "SKU"), ("serial", "Serial"), ("type", "Type")])
        {
            Field(text, 1, label, system?[member]);
        }

        Cpu(text, resources["cpu"]);
        Memory(text, resources["memory"]);
        foreach (var gpu in Items(resources["gpu"]?["cards"]))
        {
            Line(text, 0, "GPU", "");
            Device(text, gpu);
        }

        foreach (var card in Items(resources["network"]?["cards"]))
        {
            Line(text, 0, "NIC", "");
            Device(text, card);
            foreach (var port in Items(card["ports"]))
            {
                Line(text, 1, $"Port {port["port"]}", $"{port["id"]} ({port["protocol"]})");
                Field(text, 2, "Address", port["address"]);
            }
        }

        foreach (var disk in Items(resources["storage"]?["disks"]))
        {
            Line(text, 0, "Disk", "");
            Field(text, 1, "ID", disk["id"]);
            Field(text, 1, "Device", disk["device"]);
            Field(text, 1, "Model", disk["model"]);
            Field(text, 1, "Type", disk["type"]);
            Size(text, 1, "Size", disk["size"]);
            Line(text, 1, "Read-Only", (bool?)disk["read_only"] == true ? "true" : "false");
        }

        return text.ToString();
    }

    private static void Cpu(StringBuilder text, JsonNode? cpu)
    {
        Line(text, 0, "CPU", "");
        Field(text, 1, "Architecture", cpu?["architecture"]);
        foreach (var socket in Items(cpu?["sockets"]))
        {
            Line(text, 1, $"Socket {socket["socket"]}", "");
            Field(text, 2, "Vendor", socket["vendor"]);
            Field(text, 2, "Name", socket["name"]);
            Line(text, 2, "Cores", "");
            foreach (var core in Items(socket["cores"]))
            {
                Line(text, 3, $"- Core {core["core"]}", "");
                Line(text, 4, "Threads", "");
                foreach (var thread in Items(core["threads"]))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{new string(' ', 10)}- {thread["thread"]} (id: {thread["id"]}, online: {((bool?)thread["online"] == true ? "true" : "false")}, NUMA node: {thread["numa_node"]})\n");
                }
            }
        }
    }

    private static void Memory(StringBuilder text, JsonNode? memory)
    {
        Line(text, 0, "Memory", "");
        var total = Number(memory?["total"]);
        var used = Number(memory?["used"]);
        Line(text, 1, "Free", Units.FormatBytes(total - used));
        Line(text, 1, "Used", Units.FormatBytes(used));
        Line(text, 1, "Total", Units.FormatBytes(total));
    }

    private static void Device(StringBuilder text, JsonNode device)
    {
        Field(text, 1, "Vendor", device["vendor"]);
        Field(text, 1, "Product", device["product"]);
        Field(text, 1, "PCI address", device["pci_address"]);
        Field(text, 1, "Driver", device["driver"]);
    }

    private static IEnumerable<JsonNode> Items(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonNode>();

    private static long Number(JsonNode? value) => value is null ? 0 : (long)value;

    private static void Size(StringBuilder text, int depth, string label, JsonNode? bytes) => Line(text, depth, label, Units.FormatBytes(Number(bytes)));

    private static void Field(StringBuilder text, int depth, string label, JsonNode? value)
    {
        if (value?.ToString() is { Length: > 0 } shown)
        {
            Line(text, depth, label, shown);
        }
    }

    private static void Line(StringBuilder text, int depth, string label, string value) => text.Append(' ', depth * 2).Append(label).Append(value.Length > 0 ? ": " : ":").Append(value).Append('\n');
}
