namespace Lxc.Framework;

/// <summary>What an argument may be: tells completion where to look.</summary>
internal enum Hint
{
    None,

    /// <summary>The shell's own completion of file names.</summary>
    File,

    /// <summary>An archive here; before it a server, with a colon.</summary>
    BackupFile,

    /// <summary>A server, with a colon.</summary>
    Remote,

    /// <summary>A server of images of either kind, with a colon.</summary>
    ImageRemote,

    /// <summary>Names of remotes that may be changed.</summary>
    ChangeableRemote,

    /// <summary>Names of remotes that may be removed.</summary>
    RemovableRemote,

    /// <summary>Names of servers that may become the default.</summary>
    OtherServer,

    Instance,
    RunningInstance,
    StoppedInstance,

    /// <summary>An instance that can be deleted: a stopped one, or any with <c>--force</c>.</summary>
    DeletableInstance,

    /// <summary>An instance, or after a slash one of its snapshots.</summary>
    InstanceOrSnapshot,

    /// <summary>A snapshot of the instance named before.</summary>
    SnapshotOf,

    /// <summary>An instance and a slash: a path in it follows.</summary>
    InstancePath,

    /// <summary>A path in an instance, or a file here.</summary>
    InstancePathOrFile,

    /// <summary>An instance, or a configuration key of the default server.</summary>
    InstanceOrKey,

    /// <summary>The same with <c>=</c> after it.</summary>
    InstanceOrKeyValue,

    /// <summary>An instance, or a key that is set on the default server.</summary>
    InstanceOrSetKey,

    /// <summary>A configuration key of the thing named before.</summary>
    Key,

    /// <summary>The same with <c>=</c> after it.</summary>
    KeyValue,

    /// <summary>A key that is set.</summary>
    SetKey,

    Device,
    DeviceType,

    /// <summary>A key of the device whose type is named before, with <c>=</c> after it, or a value of one.</summary>
    DeviceKey,

    /// <summary>An image of the default server or of any remote.</summary>
    Image,

    /// <summary>An image of a server.</summary>
    OwnImage,

    ImageAlias,
    Fingerprint,
    Profile,
    Project,
    Network,
    Pool,

    /// <summary>A volume of the pool named before.</summary>
    Volume,

    Operation,
    Warning,
    Certificate,
    AuthGroup,
    ProviderGroup,

    /// <summary><c>METHOD/NAME</c>.</summary>
    Identity,

    /// <summary>A kind of thing that permissions can be granted on.</summary>
    EntityType,
    Alias,
    Command,
}
