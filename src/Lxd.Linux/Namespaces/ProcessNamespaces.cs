namespace Lxd.Linux.Namespaces;

/// <summary>Which namespaces processes are in.</summary>
public static class ProcessNamespaces
{
    /// <summary>A text that two processes share exactly when they share the namespace; null where there is no such process.</summary>
    public static string? Of(int pid, string kind)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/{kind}").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
