namespace Lxd.Core.Sftp;

/// <summary>Sizes and names both ends go by.</summary>
public static class SftpProtocol
{
    public const uint Version = 3;

    /// <summary>The longest packet either end accepts, without the length before it.</summary>
    public const int LongestPacket = 256 * 1024;

    /// <summary>The most data in one read or write.</summary>
    public const int LongestData = LongestPacket - 1024;

    /// <summary>What every server takes.</summary>
    public const int ShortData = 32 * 1024;

    public const string PosixRename = "posix-rename@openssh.com";
    public const string HardLink = "hardlink@openssh.com";
    public const string Sync = "fsync@openssh.com";
    public const string FileSystem = "statvfs@openssh.com";
    public const string FileSystemOfHandle = "fstatvfs@openssh.com";
    public const string LinkSetStat = "lsetstat@openssh.com";
    public const string Limits = "limits@openssh.com";
}

/// <summary>A packet that breaks the protocol: nothing that follows can be understood.</summary>
public sealed class SftpFormatException(string message) : IOException(message);
