using Lxd.Linux.Lxc;

namespace Lxd.Monitor;

/// <summary><c>version</c>: prints the version of liblxc.</summary>
internal static class VersionVerb
{
    public static int Run()
    {
        Console.WriteLine(LxcContainer.Version);
        return 0;
    }
}
