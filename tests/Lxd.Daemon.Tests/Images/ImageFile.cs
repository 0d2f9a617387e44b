using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Tests.Images;

/// <summary>Images for tests, and their upload.</summary>
internal static class ImageFile
{
    /// <summary>A unified image, without a root file system but for what else is given.</summary>
    public static async Task<byte[]> MakeAsync(string name, params PackItem[] more)
    {
        using var output = new MemoryStream();
        var metadata = $"architecture: x86_64\ncreation_date: 1700000000\nproperties:\n  name: {name}\n  origin: from metadata\n";
        await Packer.PackAsync(output, "gzip", [PackItem.Text("metadata.yaml", Encoding.UTF8.GetBytes(metadata)), .. more], null, default);
        return output.ToArray();
    }

    /// <returns>The fingerprint.</returns>
    public static async Task<string> UploadAsync(TestDaemon daemon, byte[] bytes, string query = "", params (string, string)[] headers)
    {
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        return await FinishAsync(daemon, content, query, headers);
    }

    public static async Task<string> FinishAsync(TestDaemon daemon, HttpContent content, string query = "", params (string, string)[] headers)
    {
        var operation = await PostAsync(daemon, content, query, headers);
        Assert.True((int?)operation["status_code"] == 200, operation.ToJsonString());
        return (string)operation["metadata"]!["fingerprint"]!;
    }

    /// <summary>The ended operation, or the error.</summary>
    public static async Task<JsonNode> PostAsync(TestDaemon daemon, HttpContent content, string query, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/1.0/images" + query) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await daemon.Http.SendAsync(request);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (int)response.StatusCode == 202 ? (await daemon.GetAsync((string)answer["operation"]! + "/wait"))! : answer;
    }
}
