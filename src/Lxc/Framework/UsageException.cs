namespace Lxc.Framework;

/// <summary>The command line makes no sense: the message is told with a pointer to the help.</summary>
internal sealed class UsageException(string message) : Exception(message);
