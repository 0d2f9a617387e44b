namespace Lxd.Daemon.Operations;

/// <summary>The status codes of operations and instances and their names.</summary>
internal static class StatusCodes
{
    public static string Name(int code) => code switch
    {
        100 => "Operation created",
        101 => "Started",
        102 => "Stopped",
        103 => "Running",
        104 => "Cancelling",
        105 => "Pending",
        106 => "Starting",
        107 => "Stopping",
        108 => "Aborting",
        109 => "Freezing",
        110 => "Frozen",
        111 => "Thawed",
        112 => "Error",
        113 => "Ready",
        200 => "Success",
        400 => "Failure",
        401 => "Cancelled",
        _ => "Unknown",
    };
}
