using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Lxd.Core.Api;

namespace Lxd.Daemon.Operations;

/// <summary>What an operation is to do.</summary>
/// <param name="Description">LXD's words for the kind of work: <c>Creating instance</c>.</param>
/// <param name="Project">The project it belongs to.</param>
/// <param name="Run">The work itself; an exception fails the operation, cancellation of the token cancels it.</param>
internal sealed record OperationSpec(string Description, string Project, Func<OperationProgress, CancellationToken, Task> Run)
{
    /// <summary><c>task</c>, <c>websocket</c> or <c>token</c>.</summary>
    public string Class { get; init; } = "task";

    /// <summary>Kind (<c>instances</c>) to URLs.</summary>
    public Dictionary<string, List<string>> Resources { get; init; } = [];

    public JsonObject? Metadata { get; init; }

    public OperationRequestor? Requestor { get; init; }

    /// <summary>Whether a client may cancel it.</summary>
    public bool MayCancel { get; init; }

    /// <summary>Two operations of one description with the same reference do not run at the same time; the later one is refused. Empty for none.</summary>
    public string ConflictReference { get; init; } = "";

    /// <summary>Operations that run as parts of this one; they are started with it and its work waits for them.</summary>
    public IReadOnlyList<OperationSpec> Children { get; init; } = [];

    /// <summary>For class <c>websocket</c>: takes a client's websocket that came with this secret; ends when the socket is done with. Throws forbidden for a wrong secret.</summary>
    public Func<string, Func<Task<WebSocket>>, CancellationToken, Task>? Connect { get; init; }
}
