using System.Text.Json.Nodes;

namespace Lxd.Client;

/// <summary>A good answer of a server.</summary>
/// <param name="Operation">The URL of the operation that began; empty for a sync answer.</param>
/// <param name="Envelope">The whole answer.</param>
public sealed record ApiAnswer(JsonNode? Metadata, string Operation, string Etag, JsonNode? Envelope);
