namespace Lxd.Linux.Archives;

/// <summary>How owners change on their way into or out of an archive; a null answer keeps the id as it is.</summary>
public sealed record IdShift(Func<uint, uint?> Uid, Func<uint, uint?> Gid);
