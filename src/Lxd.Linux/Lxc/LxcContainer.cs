using System.Runtime.InteropServices;
using System.Text;

namespace Lxd.Linux.Lxc;

/// <summary>A container handle of liblxc 5. Used in small helper processes only: liblxc forks, and forking a large program is slow and leaves copies of its memory.</summary>
public sealed unsafe partial class LxcContainer : IDisposable
{
    private const string Library = "liblxc.so.1";
    private readonly Handle* _handle;

    public LxcContainer(string name, string path)
    {
        _handle = New(name, path);
        if (_handle is null)
        {
            throw new InvalidOperationException($"liblxc cannot open the container {name}");
        }
    }

    public static string Version => Marshal.PtrToStringUTF8((nint)GetVersion()) ?? "";

    /// <summary>Whether liblxc knows a configuration key; starts no process.</summary>
    public static bool IsKnownKey(string key) => IsSupported(key) != 0;

    public int InitPid => _handle->InitPid(_handle);

    public string State => Marshal.PtrToStringUTF8((nint)_handle->State(_handle)) ?? "";

    public bool Load(string file)
    {
        fixed (byte* text = Utf8(file))
        {
            return _handle->LoadConfig(_handle, text) != 0;
        }
    }

    /// <summary>Starts in a monitor process of its own; returns when the container runs or could not.</summary>
    public bool Start()
    {
        _handle->WantDaemonize(_handle, 1);
        return _handle->Start(_handle, 0, null) != 0;
    }

    /// <summary>Runs a command inside; the descriptors become its 0, 1, 2.</summary>
    /// <param name="moves">Whether liblxc moves it to the container's cgroups; else it is in them already.</param>
    /// <returns>The id of the process, a child of this one, or a negative number.</returns>
    public int Attach(IReadOnlyList<string> command, IReadOnlyList<string> environment, string directory, uint uid, uint gid, int stdin, int stdout, int stderr, bool moves = true)
    {
        var function = NativeLibrary.GetExport(NativeLibrary.Load(Library), "lxc_attach_run_command");
        using var argv = new CStrings(command);
        using var env = new CStrings(environment);
        fixed (byte* cwd = Utf8(directory))
        {
            var payload = new Command { Program = argv.Pointer[0], Arguments = argv.Pointer };
            var options = new AttachOptions
            {
                Flags = moves ? AttachOptions.Default : AttachOptions.Default & ~AttachOptions.MoveToCgroup,
                Namespaces = -1,
                Personality = -1,
                Directory = directory.Length > 0 ? cwd : null,
                Uid = uid,
                Gid = gid,
                EnvironmentPolicy = AttachOptions.ClearEnvironment,
                ExtraEnvironment = env.Pointer,
                StandardInput = stdin,
                StandardOutput = stdout,
                StandardError = stderr,
                LogFd = -1,
            };
            int pid;
            return _handle->Attach(_handle, (void*)function, &payload, &options, &pid) < 0 ? -1 : pid;
        }
    }

    /// <summary>The console's terminal.</summary>
    /// <returns>A descriptor that keeps the console ours, and the master side; negative where it has none to give.</returns>
    public (int Lease, int Master) OpenConsole()
    {
        var number = 0;
        int master;
        var lease = _handle->ConsoleGetFd(_handle, &number, &master);
        return (lease, lease < 0 ? -1 : master);
    }

    public bool SetCgroupItem(string key, string value)
    {
        fixed (byte* k = Utf8(key), v = Utf8(value))
        {
            return _handle->SetCgroupItem(_handle, k, v) != 0;
        }
    }

    public void Dispose() => Put(_handle);

    private static byte[] Utf8(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    [LibraryImport(Library, EntryPoint = "lxc_container_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Handle* New(string name, string path);

    [LibraryImport(Library, EntryPoint = "lxc_container_put")]
    private static partial int Put(Handle* handle);

    [LibraryImport(Library, EntryPoint = "lxc_config_item_is_supported", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte IsSupported(string key);

    [LibraryImport(Library, EntryPoint = "lxc_get_version")]
    private static partial byte* GetVersion();

    /// <summary>The functions of <c>struct lxc_container</c> at their offsets in liblxc 5.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct Handle
    {
        [FieldOffset(88)] public delegate* unmanaged<Handle*, byte*> State;
        [FieldOffset(120)] public delegate* unmanaged<Handle*, int> InitPid;
        [FieldOffset(128)] public delegate* unmanaged<Handle*, byte*, byte> LoadConfig;
        [FieldOffset(136)] public delegate* unmanaged<Handle*, int, byte**, byte> Start;
        [FieldOffset(160)] public delegate* unmanaged<Handle*, byte, byte> WantDaemonize;
        [FieldOffset(320)] public delegate* unmanaged<Handle*, byte*, byte*, byte> SetCgroupItem;
        [FieldOffset(352)] public delegate* unmanaged<Handle*, int*, int*, int> ConsoleGetFd;
        [FieldOffset(368)] public delegate* unmanaged<Handle*, void*, void*, AttachOptions*, int*, int> Attach;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Command
    {
        public byte* Program;
        public byte** Arguments;
    }

    [StructLayout(LayoutKind.Explicit, Size = 96)]
    private struct AttachOptions
    {
        /// <summary>Move to its cgroup, drop its capabilities, take its personality and its LSM label.</summary>
        public const int Default = 0xFFFF;
        public const int MoveToCgroup = 1;
        public const int ClearEnvironment = 1;

        [FieldOffset(0)] public int Flags;
        [FieldOffset(4)] public int Namespaces;
        [FieldOffset(8)] public long Personality;
        [FieldOffset(16)] public byte* Directory;
        [FieldOffset(24)] public uint Uid;
        [FieldOffset(28)] public uint Gid;
        [FieldOffset(32)] public int EnvironmentPolicy;
        [FieldOffset(40)] public byte** ExtraEnvironment;
        [FieldOffset(48)] public byte** KeepEnvironment;
        [FieldOffset(56)] public int StandardInput;
        [FieldOffset(60)] public int StandardOutput;
        [FieldOffset(64)] public int StandardError;
        [FieldOffset(68)] public int LogFd;
    }

    private sealed class CStrings : IDisposable
    {
        private readonly int _count;

        public CStrings(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)((_count + 1) * sizeof(byte*)));
            for (var i = 0; i < _count; i++)
            {
                var bytes = Utf8(texts[i]);
                Pointer[i] = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
                bytes.CopyTo(new Span<byte>(Pointer[i], bytes.Length));
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
            {
                NativeMemory.Free(Pointer[i]);
            }

            NativeMemory.Free(Pointer);
        }
    }
}
