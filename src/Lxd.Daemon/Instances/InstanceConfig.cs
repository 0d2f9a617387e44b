using System.Globalization;
using System.Text.RegularExpressions;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Daemon.Storage.Snapshots;
using Lxd.Linux.IdMaps;
using Lxd.Linux.Lxc;

namespace Lxd.Daemon.Instances;

/// <summary>The checks of instance configuration beyond the table of keys.</summary>
internal static partial class InstanceConfig
{
    private static readonly string[] Limits = ["as", "core", "cpu", "data", "fsize", "locks", "memlock", "nice", "nofile", "nproc", "rtprio", "sigpending"];

    /// <summary>Whoever started the daemon wants no container whose root is the host's: <c>LXD_UNPRIVILEGED_ONLY</c>.</summary>
    public static bool UnprivilegedOnly { get; } = Checks.IsTrue(Environment.GetEnvironmentVariable("LXD_UNPRIVILEGED_ONLY"));

    /// <summary>Throws a bad request for the first unknown key or bad value.</summary>
    /// <param name="profile">Whether it is a profile's configuration, which has no volatile keys.</param>
    public static void Validate(IReadOnlyDictionary<string, string> config, bool profile = false)
    {
        try
        {
            InstanceKeys.Schema.Validate(config);
            foreach (var (key, value) in config)
            {
                if (profile && (key.StartsWith("volatile.", StringComparison.Ordinal) || key.StartsWith("image.", StringComparison.Ordinal)))
                {
                    throw ApiException.BadRequest(key.StartsWith('v') ? "Volatile keys can only be set on instances" : "Image keys can only be set on instances");
                }

                if (value.Length > 0)
                {
                    CheckValue(key, value);
                }
            }

            CheckTogether(config);
        }
        catch (ApiException e) when (!e.Message.StartsWith("Invalid config", StringComparison.Ordinal))
        {
            throw ApiException.BadRequest("Invalid config: " + e.Message, e);
        }
    }

    /// <summary>An instance of its own has no key that only the other kind knows; a profile may, for it may serve both.</summary>
    public static void CheckKind(IReadOnlyDictionary<string, string> config, bool container)
    {
        string[] others = container ? ["virtual machine"] : ["container", "unprivileged container"];
        if (config.FirstOrDefault(c => c.Value.Length > 0 && others.Contains(InstanceKeys.Schema.Find(c.Key)?.Condition)).Key is { } key)
        {
            throw ApiException.BadRequest($"Invalid config: Unknown configuration key: {key}");
        }
    }

    private static void CheckValue(string key, string value)
    {
        switch (key)
        {
            case "limits.memory":
                Size(key, value);
                break;
            case "limits.cpu":
                Cpus(value);
                break;
            case "limits.cpu.allowance" when !AllowancePattern().IsMatch(value):
                throw ApiException.BadRequest($"Invalid value for config key \"{key}\": Invalid allowance: {value}");
            case "limits.cpu.nodes" when value != "balanced" && !SetPattern().IsMatch(value):
                throw ApiException.BadRequest($"Invalid value for config key \"{key}\": Invalid CPU limit syntax");
            case "snapshots.schedule":
                SnapshotSchedule.Check(value);
                break;
            case "snapshots.expiry":
                Expiry.After(value, DateTime.UnixEpoch);
                break;
            case "raw.idmap":
                IdMap.Empty.With(value);
                break;
            case "raw.lxc":
                RawLxc(value);
                break;
            default:
                if (key.StartsWith("limits.kernel.", StringComparison.Ordinal) && !Limits.Contains(key[14..]))
                {
                    throw ApiException.BadRequest($"Invalid kernel limit \"{key[14..]}\"");
                }

                break;
        }
    }

    private static void CheckTogether(IReadOnlyDictionary<string, string> config)
    {
        if (UnprivilegedOnly && (Checks.IsTrue(config.GetValueOrDefault("security.privileged")) || config.GetValueOrDefault("raw.idmap", "").Length > 0))
        {
            throw ApiException.BadRequest("LXD was configured to only allow unprivileged containers");
        }

        if (config.GetValueOrDefault("security.privileged") is { } privileged && Checks.IsTrue(privileged) && Checks.IsTrue(config.GetValueOrDefault("security.idmap.isolated")))
        {
            throw ApiException.BadRequest("security.idmap.isolated cannot be used with security.privileged");
        }

        if (config.GetValueOrDefault("limits.cpu.pin_strategy", "").Length > 0 && config.GetValueOrDefault("limits.cpu", "").AsSpan().ContainsAny('-', ','))
        {
            throw ApiException.BadRequest("limits.cpu.pin_strategy cannot be used with a set of CPUs in limits.cpu");
        }

        foreach (var (old, now) in (ReadOnlySpan<(string, string)>)[("security.syscalls.whitelist", "security.syscalls.deny"), ("security.syscalls.allow", "security.syscalls.deny")])
        {
            if (config.GetValueOrDefault(old, "").Length > 0 && config.GetValueOrDefault(now, "").Length > 0)
            {
                throw ApiException.BadRequest($"{old} is mutually exclusive with {now}*");
            }
        }
    }

    private static void Size(string key, string value)
    {
        if (value.EndsWith('%'))
        {
            if (!long.TryParse(value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var percent) || percent < 1)
            {
                throw ApiException.BadRequest($"Invalid value for config key \"{key}\": Invalid value: {value}");
            }
        }
        else if (Units.ParseBytes(value) <= 0)
        {
            throw ApiException.BadRequest($"Invalid value for config key \"{key}\": Invalid value: {value}");
        }
    }

    private static void Cpus(string value)
    {
        if (!SetPattern().IsMatch(value))
        {
            throw ApiException.BadRequest("Invalid value for config key \"limits.cpu\": Invalid CPU limit syntax");
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count == 0)
        {
            throw ApiException.BadRequest("Invalid value for config key \"limits.cpu\": The minimum CPU count is 1");
        }
    }

    /// <summary>Keys of liblxc that would undo what the daemon manages are refused.</summary>
    private static void RawLxc(string value)
    {
        foreach (var line in value.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var equals = line.IndexOf('=');
            if (equals < 0)
            {
                throw ApiException.BadRequest($"Invalid raw.lxc line: {line}");
            }

            var key = line[..equals].Trim().ToLowerInvariant();
            if (!LxcContainer.IsKnownKey(key))
            {
                throw ApiException.BadRequest($"Invalid config key {key}");
            }

            if (UnprivilegedOnly && (key is "lxc.idmap" or "lxc.id_map" or "lxc.include"))
            {
                throw ApiException.BadRequest($"{key} can't be overridden on this server, which has only unprivileged containers");
            }

            if (key is "lxc.logfile" or "lxc.log.file" or "lxc.syslog" or "lxc.log.syslog" or "lxc.ephemeral" || key.StartsWith("lxc.prlimit.", StringComparison.Ordinal))
            {
                throw ApiException.BadRequest(key.StartsWith("lxc.prlimit.", StringComparison.Ordinal)
                    ? "Process limits should be set via \"limits.kernel.[limit name]\" and not directly via \"lxc.prlimit.[limit name]\""
                    : $"Setting {key} is not allowed");
            }

            if ((key.StartsWith("lxc.net.", StringComparison.Ordinal) || key.StartsWith("lxc.network.", StringComparison.Ordinal)) && !key.Contains(".ipv", StringComparison.Ordinal))
            {
                throw ApiException.BadRequest("Only interface-specific ipv4/ipv6 lxc.net.* keys are allowed");
            }
        }
    }

    [GeneratedRegex(@"^(\d+%|\d+ms/\d+ms)$")]
    private static partial Regex AllowancePattern();

    [GeneratedRegex(@"^\d+(-\d+)?(,\d+(-\d+)?)*$")]
    private static partial Regex SetPattern();
}
