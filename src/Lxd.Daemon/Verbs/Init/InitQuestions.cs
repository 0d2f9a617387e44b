using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;

namespace Lxd.Daemon.Verbs.Init;

/// <summary>The questions of an interactive <c>lxd init</c>, in the order users know.</summary>
internal sealed class InitQuestions(LxdConnection server, TextReader input, TextWriter output)
{
    public async Task<JsonObject> AskAsync(CancellationToken ct)
    {
        var preseed = new JsonObject();
        var config = new JsonObject();
        var devices = new JsonObject();
        if (YesNo("Would you like to use LXD clustering?", false))
        {
            throw new ApiException(0, "This server cannot be clustered yet");
        }

        await StorageAsync(preseed, devices, ct).ConfigureAwait(false);
        await NetworkAsync(preseed, devices, ct).ConfigureAwait(false);
        Daemon(config);
        preseed["config"] = config;
        preseed["profiles"] = new JsonArray(new JsonObject { ["name"] = "default", ["config"] = new JsonObject(), ["devices"] = devices });
        if (YesNo("Would you like a YAML \"lxd init\" preseed to be printed?", false))
        {
            await output.WriteAsync(Yaml.Format((JsonNode)preseed) + "\n").ConfigureAwait(false);
        }

        return preseed;
    }

    private async Task StorageAsync(JsonObject preseed, JsonObject devices, CancellationToken ct)
    {
        if (!YesNo("Do you want to configure a new storage pool?", true))
        {
            return;
        }

        var info = await server.GetAsync<Core.Api.Server>("/1.0", ct).ConfigureAwait(false);
        var taken = (await server.GetAsync("/1.0/storage-pools?recursion=1", ct).ConfigureAwait(false) as JsonArray ?? []).Select(p => (string)p!["name"]!).ToList();
        var name = Ask("Name of the new storage pool", "default", n => taken.Contains(n) ? $"Storage pool \"{n}\" already exists" : null);
        var backends = info.Environment.StorageSupportedDrivers.Where(d => !d.Remote).Select(d => d.Name).Order(StringComparer.Ordinal).ToList();
        var best = backends.Contains("zfs") ? "zfs" : backends.Contains("btrfs") ? "btrfs" : "dir";
        var backend = Choice("Name of the storage backend to use", backends, best);
        var pool = new JsonObject();
        if (backend != "dir")
        {
            if (YesNo($"Create a new {backend.ToUpperInvariant()} pool?", true))
            {
                if (YesNo("Would you like to use an existing empty block device (e.g. a disk or partition)?", false))
                {
                    pool["source"] = Ask("Path to the existing block device", "", p => File.Exists(p) ? null : $"\"{p}\" is not a block device");
                }
                else
                {
                    pool["size"] = Ask("Size in GiB of the new loop device (1GiB minimum)", $"{Suggested()}GiB", Size) is var size && size.All(char.IsAsciiDigit) ? size + "GiB" : size;
                }
            }
            else
            {
                pool["source"] = Ask($"Name of the existing {backend.ToUpperInvariant()} pool or dataset", "", _ => null);
            }
        }

        preseed["storage_pools"] = new JsonArray(new JsonObject { ["name"] = name, ["driver"] = backend, ["config"] = pool });
        devices["root"] = new JsonObject { ["type"] = "disk", ["path"] = "/", ["pool"] = name };
    }

    private async Task NetworkAsync(JsonObject preseed, JsonObject devices, CancellationToken ct)
    {
        if (YesNo("Would you like to connect to a MAAS server?", false))
        {
            // Nobody can have a MAAS server any more: answers for newer versions, which do not ask, say yes to the bridge here.
            output.WriteLine("MAAS is not supported any more. Your answer is taken for the next question.");
            await BridgeAsync(preseed, devices, ct).ConfigureAwait(false);
            return;
        }

        if (!YesNo("Would you like to create a new local network bridge?", true))
        {
            if (YesNo("Would you like to configure LXD to use an existing bridge or host interface?", false))
            {
                var parent = Ask("Name of the existing bridge or host interface", "", n => Directory.Exists($"/sys/class/net/{n}") ? null : "The requested interface doesn't exist. Please choose another one");
                devices["eth0"] = new JsonObject { ["type"] = "nic", ["name"] = "eth0", ["nictype"] = Directory.Exists($"/sys/class/net/{parent}/bridge") ? "bridged" : "macvlan", ["parent"] = parent };
            }

            return;
        }

        await BridgeAsync(preseed, devices, ct).ConfigureAwait(false);
    }

    private async Task BridgeAsync(JsonObject preseed, JsonObject devices, CancellationToken ct)
    {
        var taken = (await server.GetAsync("/1.0/networks?recursion=1", ct).ConfigureAwait(false) as JsonArray ?? []).Select(p => (string)p!["name"]!).ToList();
        var name = Ask("What should the new bridge be called?", "lxdbr0", n => taken.Contains(n) ? $"The requested network bridge \"{n}\" already exists. Please choose another name" : n.Length is < 2 or > 15 ? "Invalid name" : null);
        var config = new JsonObject();
        foreach (var (family, shown) in ((string, string)[])[("ipv4", "IPv4"), ("ipv6", "IPv6")])
        {
            var address = Ask($"What {shown} address should be used? (CIDR subnet notation, \"auto\" or \"none\")", "auto", a => IsSubnet(a, shown) ? null : $"Invalid input: invalid CIDR address: {a}");
            config[family + ".address"] = address;
            if (address is not ("auto" or "none"))
            {
                config[family + ".nat"] = YesNo($"Would you like LXD to NAT {shown} traffic on your bridge?", true) ? "true" : "false";
            }
        }

        preseed["networks"] = new JsonArray(new JsonObject { ["name"] = name, ["type"] = "bridge", ["config"] = config });
        devices["eth0"] = new JsonObject { ["type"] = "nic", ["name"] = "eth0", ["network"] = name };
    }

    private void Daemon(JsonObject config)
    {
        if (YesNo("Would you like the LXD server to be available over the network?", false))
        {
            var address = Ask("Address to bind LXD to (not including port)", "all", _ => null);
            var port = Ask("Port to bind LXD to", "8443", p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and < 65536 ? null : "Not a port");
            config["core.https_address"] = address is "all" or "::" or "[::]" ? $"[::]:{port}" : address.Contains(':') ? $"[{address.Trim('[', ']')}]:{port}" : $"{address}:{port}";
            while (true)
            {
                var password = Secret("Trust password for new clients");
                if (password.Length == 0)
                {
                    output.WriteLine("No password set, client certificates will have to be manually trusted.");
                    break;
                }

                if (Secret("Again") == password)
                {
                    config["core.trust_password"] = password;
                    break;
                }

                output.WriteLine("The passwords do not match.");
            }
        }

        if (!YesNo("Would you like stale cached images to be updated automatically?", true))
        {
            config["images.auto_update_interval"] = "0";
        }
    }

    private static bool IsSubnet(string text, string family) => text is "auto" or "none" ||
        (text.Split('/') is [var address, var prefix] && IPAddress.TryParse(address, out var ip) && ip.AddressFamily == (family == "IPv4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6)
            && int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= (family == "IPv4" ? 32 : 128));

    private bool YesNo(string question, bool other)
    {
        while (true)
        {
            output.Write($"{question} (yes/no) [default={(other ? "yes" : "no")}]: ");
            switch ((Line() ?? throw new ApiException(0, "The answers ended before the questions")).ToLowerInvariant())
            {
                case "":
                    return other;
                case "yes" or "y":
                    return true;
                case "no" or "n":
                    return false;
                default:
                    output.WriteLine("Invalid input, try again.\n");
                    break;
            }
        }
    }

    private string Choice(string question, List<string> choices, string other) =>
        Ask($"{question} ({string.Join(", ", choices)})", other, c => choices.Contains(c) ? null : "Invalid input, try again.");

    /// <summary>Asks until the answer is good; an empty one is the default.</summary>
    private string Ask(string question, string other, Func<string, string?> check, bool mayBeEmpty = false)
    {
        while (true)
        {
            output.Write(other.Length > 0 ? $"{question} [default={other}]: " : $"{question}: ");
            var line = Line() ?? (other.Length > 0 || mayBeEmpty ? "" : throw new ApiException(0, "The answers ended before the questions"));
            var answer = line.Length > 0 ? line : other;
            if (answer.Length == 0)
            {
                if (mayBeEmpty)
                {
                    return "";
                }

                output.WriteLine("Invalid input, try again.\n");
                continue;
            }

            if (check(answer) is not { } problem)
            {
                return answer;
            }

            output.WriteLine(problem + "\n");
        }
    }

    /// <summary>What is typed at a terminal is not shown.</summary>
    private string Secret(string question)
    {
        if (Console.IsInputRedirected)
        {
            return Ask(question, "", _ => null, true);
        }

        output.Write($"{question}: ");
        var typed = new StringBuilder();
        while (Console.ReadKey(true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        output.WriteLine();
        return typed.ToString();
    }

    private string? Line() => input.ReadLine()?.Trim();

    private static string? Size(string text)
    {
        try
        {
            return Units.ParseBytes(text.All(char.IsAsciiDigit) ? text + "GiB" : text) >= 1L << 30 ? null : "Minimum size is 1GiB";
        }
        catch (ApiException e)
        {
            return e.Message;
        }
    }

    /// <summary>A fifth of the free space, between 5 and 30 GiB.</summary>
    private static long Suggested() => Math.Clamp(new DriveInfo("/").AvailableFreeSpace / 5 >> 30, 5, 30);
}
