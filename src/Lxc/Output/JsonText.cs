using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxc.Output;

/// <summary>JSON for people: indented with tabs, as <c>query</c> shows it.</summary>
internal static class JsonText
{
    public static string Indent(JsonNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, IndentCharacter = '\t', IndentSize = 1, Encoder = Json.Options.Encoder }))
        {
            node.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
