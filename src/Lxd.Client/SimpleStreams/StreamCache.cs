using System.Security.Cryptography;
using System.Text;

namespace Lxd.Client.SimpleStreams;

/// <summary>Indexes of servers kept on disk between runs: a file each, named by the hash of its address.</summary>
public sealed class StreamCache(string directory, string trust = "")
{
    /// <summary>What came from servers that were trusted by this certificate: nobody else is told what such a server said.</summary>
    public StreamCache Of(string certificate) => new(directory, certificate);

    /// <summary>What was last read from an address, and how long ago; null where that is nothing.</summary>
    public (byte[] Content, TimeSpan Age)? Find(string url)
    {
        try
        {
            var path = PathOf(url);
            var age = DateTime.UtcNow - File.GetLastWriteTimeUtc(path);
            // A clock that was set back made it in the future: nobody knows how long ago that is.
            return (File.ReadAllBytes(path), age < TimeSpan.Zero ? TimeSpan.MaxValue : age);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps it; a directory that cannot be written costs a download, nothing else.</summary>
    public void Keep(string url, byte[] content)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var path = PathOf(url);
            var temporary = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As above.
        }
    }

    private string PathOf(string url) => Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url + trust))) + ".json");
}
