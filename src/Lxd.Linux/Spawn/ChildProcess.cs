using System.Runtime.InteropServices;
using System.Text;

namespace Lxd.Linux.Spawn;

/// <summary>A child started with posix_spawn: exactly the descriptors it is given, default signals, and no fork of this process's memory.</summary>
public sealed class ChildProcess
{
    private const int SignalSetSize = 128;
    private readonly int _pidfd;

    private ChildProcess(int pid)
    {
        Pid = pid;
        _pidfd = Pidfd.Open(pid);
        Exit = ReapAsync();
    }

    public int Pid { get; }

    /// <summary>The exit code, 128 + signal for a killed one.</summary>
    public Task<int> Exit { get; }

    /// <param name="path">The program, absolute.</param>
    /// <param name="arguments">Without the program's own name.</param>
    /// <param name="environment">The whole environment.</param>
    /// <param name="descriptors">Ours to the child's: <c>(pipe, 0)</c>. What is not here is not passed on (all our descriptors close on exec).</param>
    /// <param name="session">Whether it leads a session of its own.</param>
    public static ChildProcess Start(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, IReadOnlyList<(int Ours, int Theirs)> descriptors, bool session = false) =>
        new(Spawn(path, arguments, environment.Select(p => p.Key + "=" + p.Value), descriptors, session));

    /// <summary>The same for a process that waits for the child itself, with <see cref="Reap"/>; returns its id.</summary>
    public static unsafe int Spawn(string path, IReadOnlyList<string> arguments, IEnumerable<string> environment, IReadOnlyList<(int Ours, int Theirs)> descriptors, bool session = false)
    {
        var actions = stackalloc byte[128];
        var attributes = stackalloc byte[512];
        var signals = stackalloc byte[SignalSetSize];
        Native.posix_spawn_file_actions_init(actions);
        Native.posix_spawnattr_init(attributes);
        using var argv = new StringArray([path, .. arguments]);
        using var envp = new StringArray([.. environment]);
        try
        {
            foreach (var (ours, theirs) in descriptors)
            {
                Native.posix_spawn_file_actions_adddup2(actions, ours, theirs);
            }

            Native.sigemptyset(signals);
            Native.posix_spawnattr_setsigmask(attributes, signals);
            Native.sigfillset(signals);
            Native.posix_spawnattr_setsigdefault(attributes, signals);
            Native.posix_spawnattr_setflags(attributes, (short)(Native.SpawnSetSigDef | Native.SpawnSetSigMask | (session ? Native.SpawnSetSid : 0)));
            var error = Native.posix_spawn(out var pid, path, actions, attributes, argv.Pointer, envp.Pointer);
            return error == 0 ? pid : throw new IOException($"Failed starting {path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            Native.posix_spawn_file_actions_destroy(actions);
            Native.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Sends a signal; does nothing once it has ended.</summary>
    public void Signal(int signal)
    {
        if (!Exit.IsCompleted)
        {
            Native.kill(Pid, signal);
        }
    }

    /// <summary>Waits for a child; its exit code, 128 + signal for a killed one.</summary>
    public static int Reap(int child)
    {
        while (true)
        {
            if (Native.waitpid(child, out var status, 0) == child)
            {
                return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
            }

            if (Marshal.GetLastPInvokeError() != 4)
            {
                return -1;
            }
        }
    }

    private async Task<int> ReapAsync()
    {
        await Pidfd.WatchAsync(_pidfd).ConfigureAwait(false);
        return Reap(Pid);
    }

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed unsafe class StringArray : IDisposable
    {
        private readonly nint[] _strings;

        public StringArray(string[] texts)
        {
            _strings = [.. texts.Select(t => (nint)Allocate(t))];
            Pointer = (byte**)NativeMemory.Alloc((nuint)((texts.Length + 1) * sizeof(byte*)));
            for (var i = 0; i < texts.Length; i++)
            {
                Pointer[i] = (byte*)_strings[i];
            }

            Pointer[texts.Length] = null;
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            foreach (var text in _strings)
            {
                NativeMemory.Free((void*)text);
            }

            NativeMemory.Free(Pointer);
        }

        private static byte* Allocate(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var memory = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(memory, bytes.Length));
            memory[bytes.Length] = 0;
            return memory;
        }
    }
}
