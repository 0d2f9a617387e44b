using System.Security.Cryptography;

namespace Lxd.Daemon.Instances;

/// <summary>Names for instances that came without one.</summary>
internal static class InstanceNames
{
    private static readonly string[] First =
    [
        "amber", "apt", "blue", "bold", "brave", "brief", "bright", "calm", "clear", "clever", "cool", "crisp", "daring", "eager", "early", "easy", "fair", "fast", "fine", "fond",
        "fresh", "gentle", "glad", "golden", "grand", "green", "happy", "honest", "keen", "kind", "large", "light", "lively", "loyal", "lucky", "merry", "mighty", "neat", "noble", "open",
        "patient", "plain", "polite", "proud", "quick", "quiet", "rapid", "ready", "red", "rich", "robust", "sharp", "silent", "simple", "smart", "smooth", "solid", "steady", "still", "strong",
        "subtle", "sunny", "sure", "swift", "tidy", "true", "vast", "vivid", "warm", "wise",
    ];

    private static readonly string[] Second =
    [
        "ant", "badger", "bat", "bear", "beaver", "bee", "bison", "boar", "bream", "buzzard", "camel", "carp", "cat", "clam", "cod", "crab", "crane", "crow", "deer", "dove",
        "duck", "eagle", "eel", "elk", "falcon", "finch", "fox", "frog", "gnu", "goat", "goose", "gull", "hare", "hawk", "heron", "horse", "ibex", "jay", "lark", "lion",
        "llama", "lynx", "mole", "moose", "moth", "mouse", "newt", "orca", "otter", "owl", "ox", "perch", "pike", "pony", "quail", "ram", "raven", "robin", "salmon", "seal",
        "shrew", "snail", "stork", "swan", "tern", "tiger", "toad", "trout", "whale", "wolf", "wren", "yak", "zebra",
    ];

    /// <summary>A name nobody has yet.</summary>
    public static string Generate(IReadOnlySet<string> taken)
    {
        for (var round = 0; ; round++)
        {
            var name = Pick(First) + "-" + Pick(Second) + (round < 100 ? "" : "-" + round);
            if (!taken.Contains(name))
            {
                return name;
            }
        }
    }

    private static string Pick(string[] words) => words[RandomNumberGenerator.GetInt32(words.Length)];
}
