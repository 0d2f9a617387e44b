namespace Lxd.Network.Nics;

/// <summary>The kernel's settings of the network as files.</summary>
public static class Sysctl
{
    /// <summary>The value of <c>net/ipv4/conf/NAME/forwarding</c>; empty where the kernel has no such setting.</summary>
    public static string Get(string path) => Read("/proc/sys/" + path);

    /// <summary>A kernel without IPv6, or a host that keeps its settings to itself, is no reason to fail.</summary>
    public static bool TrySet(string path, string value) => TryWrite("/proc/sys/" + path, value);

    /// <summary>As <see cref="TrySet"/>, of a file of <c>/sys/class/net/LINK</c>.</summary>
    public static bool TrySetLink(string link, string file, string value) => TryWrite($"/sys/class/net/{link}/{file}", value);

    /// <summary>A file of <c>/sys/class/net/LINK</c>; empty where there is none.</summary>
    public static string ReadLink(string link, string file) => Read($"/sys/class/net/{link}/{file}");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static bool TryWrite(string path, string value)
    {
        try
        {
            // The kernel's file exists or it does not: this must not make one.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.Write(System.Text.Encoding.ASCII.GetBytes(value));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
