using System.Text.Json.Nodes;

namespace Lxd.Core.Api;

public sealed record Operation
{
    public long ChildCount { get; set; }
    public string Class { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public string Description { get; set; } = "";
    public string Err { get; set; } = "";
    public long ErrCode { get; set; }
    public string Id { get; set; } = "";
    public string Location { get; set; } = "";
    public bool MayCancel { get; set; }
    public JsonNode? Metadata { get; set; }
    public OperationRequestor Requestor { get; set; } = new();
    public Dictionary<string, List<string>> Resources { get; set; } = [];
    public string Status { get; set; } = "";
    public long StatusCode { get; set; }
    public DateTime UpdatedAt { get; set; }
}

public sealed record OperationFull
{
    public long ChildCount { get; set; }
    public List<Operation> Children { get; set; } = [];
    public string Class { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public string Description { get; set; } = "";
    public string Err { get; set; } = "";
    public long ErrCode { get; set; }
    public string Id { get; set; } = "";
    public string Location { get; set; } = "";
    public bool MayCancel { get; set; }
    public JsonNode? Metadata { get; set; }
    public OperationRequestor Requestor { get; set; } = new();
    public Dictionary<string, List<string>> Resources { get; set; } = [];
    public string Status { get; set; } = "";
    public long StatusCode { get; set; }
    public DateTime UpdatedAt { get; set; }
}

public sealed record OperationRequestor
{
    public string Address { get; set; } = "";
    public string Protocol { get; set; } = "";
    public string Username { get; set; } = "";
}
