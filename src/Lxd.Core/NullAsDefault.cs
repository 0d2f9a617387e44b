using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lxd.Core;

/// <summary>Reads <c>null</c> for a number or a truth value as LXD does: as 0 and false.</summary>
internal sealed class NullAsDefault<T>(JsonConverter<T> inner) : JsonConverter<T>
    where T : struct
{
    public override bool HandleNull => true;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? default : inner.Read(ref reader, typeToConvert, options);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => inner.Write(writer, value, options);
}
