namespace Lxd.Daemon.Hosting;

/// <summary>Where things lie under <c>LXD_DIR</c>.</summary>
internal sealed record DaemonPaths(string Root)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Database => Path.Combine(Root, "database");
    public string Images => Path.Combine(Root, "images");
    public string Backups => Path.Combine(Root, "backups");
    public string Disks => Path.Combine(Root, "disks");
    public string StoragePools => Path.Combine(Root, "storage-pools");
    public string Networks => Path.Combine(Root, "networks");
    public string Containers => Path.Combine(Root, "containers");
    public string Snapshots => Path.Combine(Root, "snapshots");
    public string VirtualMachines => Path.Combine(Root, "virtual-machines");
    public string Devices => Path.Combine(Root, "devices");
    public string Security => Path.Combine(Root, "security");
    public string Shmounts => Path.Combine(Root, "shmounts");
    public string DevLxd => Path.Combine(Root, "devlxd");
    public string Cache => Environment.GetEnvironmentVariable("LXD_DIR") is { Length: > 0 } || Root != "/var/lib/lxd" ? Path.Combine(Root, "cache") : "/var/cache/lxd";
    public string Logs => Environment.GetEnvironmentVariable("LXD_DIR") is { Length: > 0 } || Root != "/var/lib/lxd" ? Path.Combine(Root, "logs") : "/var/log/lxd";

    /// <summary>Makes the directories that are missing.</summary>
    public void Create()
    {
        Directory.CreateDirectory(Root, Passable);
        File.SetUnixFileMode(Root, Passable);
        foreach (var directory in (string[])[Database, Images, Backups, Path.Combine(Backups, "instances"), Path.Combine(Backups, "custom"), Disks, Snapshots, Security, Cache, Logs])
        {
            Directory.CreateDirectory(directory, Private);
        }

        foreach (var directory in (string[])[StoragePools, Networks, Containers, VirtualMachines, Devices, Shmounts, DevLxd])
        {
            Directory.CreateDirectory(directory, Passable);
        }
    }
}
