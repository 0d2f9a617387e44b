namespace Lxd.Integration.Tests.Lab;

/// <summary>Container images made of Debian packages under artifacts/images; <c>build/test</c> makes them before it enters the lab.</summary>
public static class Images
{
    private static readonly SemaphoreSlim Gate = new(1, 1);

    public static Task<string> BusyboxAsync() => MakeAsync("busybox");

    public static Task<string> DebianAsync() => MakeAsync("debian");

    private static async Task<string> MakeAsync(string kind)
    {
        var path = Path.Combine(LabServer.RepositoryRoot, "artifacts", "images", kind + ".tar.xz");
        await Gate.WaitAsync();
        try
        {
            if (!File.Exists(path))
            {
                var shell = new Shell(new Dictionary<string, string>(), LabServer.RepositoryRoot);
                await shell.RunAsync($"build/make-image {kind} {path}");
            }

            return path;
        }
        finally
        {
            Gate.Release();
        }
    }
}
