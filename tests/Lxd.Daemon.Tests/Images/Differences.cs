namespace Lxd.Daemon.Tests.Images;

/// <summary>Differences between files, as servers offer them.</summary>
internal static class Differences
{
    public static async Task<byte[]> MakeAsync(byte[] old, byte[] next)
    {
        var folder = Directory.CreateTempSubdirectory("lxddelta").FullName;
        try
        {
            await File.WriteAllBytesAsync($"{folder}/old", old);
            await File.WriteAllBytesAsync($"{folder}/new", next);
            await Lxd.Linux.Processes.PipedTool.RunAsync("xdelta3", ["-e", "-s", $"{folder}/old", $"{folder}/new", $"{folder}/delta"], default);
            return await File.ReadAllBytesAsync($"{folder}/delta");
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}
