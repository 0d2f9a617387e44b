using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Lxd.Core.Api;

namespace Lxd.Core;

/// <summary>JSON as LXD speaks it: snake_case, quotes and non-ASCII left as they are, <c>null</c> for a list, map or text read as empty.</summary>
public static class Json
{
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>The serializer of an API type; the type has to stand in <see cref="ApiJson"/>.</summary>
    public static JsonTypeInfo<T> Type<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Type<T>());

    public static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Type<T>());

    public static void Write<T>(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, Type<T>());

    public static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, Type<T>());

    /// <summary>Reads a value; malformed JSON is a bad request.</summary>
    public static T Parse<T>(string text) => Guard(() => JsonSerializer.Deserialize(text, Type<T>()));

    public static T Parse<T>(ReadOnlyMemory<byte> utf8) => Guard(() => JsonSerializer.Deserialize(utf8.Span, Type<T>()));

    public static T Parse<T>(JsonNode? node) => Guard(() => node.Deserialize(Type<T>()));

    private static T Guard<T>(Func<T?> read)
    {
        try
        {
            return read() ?? throw ApiException.BadRequest("Empty JSON value");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second is for texts that are no UTF-16
        {
            throw ApiException.BadRequest($"Failed parsing JSON: {e.Message}", e);
        }
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(ApiJson.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = ApiJson.Default.WithAddedModifier(IgnoreNulls),
        };
        options.Converters.Add(new NullAsDefault<bool>(JsonMetadataServices.BooleanConverter));
        options.Converters.Add(new NullAsDefault<int>(JsonMetadataServices.Int32Converter));
        options.Converters.Add(new NullAsDefault<long>(JsonMetadataServices.Int64Converter));
        options.Converters.Add(new NullAsDefault<uint>(JsonMetadataServices.UInt32Converter));
        options.Converters.Add(new NullAsDefault<ulong>(JsonMetadataServices.UInt64Converter));
        options.MakeReadOnly();
        return options;
    }

    /// <summary>A client written in Go sends <c>null</c> for an empty list or map: keep the property's own empty value then.</summary>
    private static void IgnoreNulls(JsonTypeInfo info)
    {
        foreach (var property in info.Properties)
        {
            if (property.Set is { } set && !property.PropertyType.IsValueType && property.PropertyType != typeof(JsonNode))
            {
                property.Set = (target, value) =>
                {
                    if (value is not null)
                    {
                        set(target, value);
                    }
                };
            }
        }
    }
}
