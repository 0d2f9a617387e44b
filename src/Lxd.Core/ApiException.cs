namespace Lxd.Core;

/// <summary>The one error that reaches a client: an HTTP status and a message in LXD's wording. Everything else is a defect and answers 500.</summary>
public sealed class ApiException(int status, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The HTTP status, also sent as <c>error_code</c>.</summary>
    public int Status { get; } = status;

    public static ApiException BadRequest(string message, Exception? cause = null) => new(400, message, cause);
    public static ApiException Forbidden(string message = "Forbidden") => new(403, message);
    public static ApiException NotFound(string message = "Not Found") => new(404, message);
    public static ApiException Conflict(string message) => new(409, message);
    public static ApiException PreconditionFailed(string message) => new(412, message);
    public static ApiException Internal(string message, Exception? cause = null) => new(500, message, cause);
    public static ApiException NotImplemented(string message = "Not Implemented") => new(501, message);
    public static ApiException Unavailable(string message, Exception? cause = null) => new(503, message, cause);
}
