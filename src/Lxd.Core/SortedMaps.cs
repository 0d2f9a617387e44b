using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lxd.Core;

/// <summary>Like <see cref="SortedMap"/> for maps of maps: devices by name.</summary>
public sealed class SortedMaps : JsonConverter<Dictionary<string, Dictionary<string, string>>>
{
    private static readonly SortedMap Inner = new();

    public override Dictionary<string, Dictionary<string, string>> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var map = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A map of maps is expected");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            map[key] = reader.TokenType == JsonTokenType.Null ? [] : Inner.Read(ref reader, typeof(Dictionary<string, string>), options);
        }

        return map;
    }

    public override void Write(Utf8JsonWriter writer, Dictionary<string, Dictionary<string, string>> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, inner) in value.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(key);
            Inner.Write(writer, inner, options);
        }

        writer.WriteEndObject();
    }
}
