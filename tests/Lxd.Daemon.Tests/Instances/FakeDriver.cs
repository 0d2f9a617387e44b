using System.Collections.Concurrent;
using System.IO.Pipelines;
using Lxd.Core;
using Lxd.Runtime;

namespace Lxd.Daemon.Tests.Instances;

/// <summary>Instances that run in memory. Names starting with <c>deaf</c> ignore a clean stop.</summary>
internal sealed class FakeDriver : IInstanceDriver
{
    private readonly ConcurrentDictionary<string, Run> _runs = new();
    private int _pid = 1000;

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Fails the next starts with this message.</summary>
    public string? FailStart { get; set; }

    public (string Name, string Version) Version => ("fake", "1");

    public InstanceSpec SpecOf(string name) => _runs[name].Spec;

    public Task StartAsync(InstanceSpec spec, CancellationToken ct)
    {
        if (FailStart is { } message)
        {
            throw ApiException.Internal(message);
        }

        Log.Enqueue("start " + spec.Instance.Name);
        if (!_runs.TryAdd(spec.Instance.Name, new Run(spec, Interlocked.Increment(ref _pid))))
        {
            throw new InvalidOperationException("runs already");
        }

        return Task.CompletedTask;
    }

    public int Pid(InstanceRef instance) => _runs.TryGetValue(instance.Name, out var run) ? run.Pid : 0;

    public bool IsFrozen(InstanceRef instance) => _runs.TryGetValue(instance.Name, out var run) && run.Frozen;

    public void RequestShutdown(InstanceRef instance, bool reboot)
    {
        if (!instance.Name.StartsWith("deaf", StringComparison.Ordinal))
        {
            Kill(instance);
        }
    }

    public void Kill(InstanceRef instance) => End(instance.Name);

    /// <summary>The processes of the instance are gone; what else belonged to the run goes with <see cref="End"/>.</summary>
    public void Die(string name) => _runs[name].Pid = 0;

    /// <summary>The instance goes down by itself.</summary>
    public void End(string name)
    {
        if (_runs.TryRemove(name, out var run))
        {
            Log.Enqueue("stop " + name);
            run.Stopped.TrySetResult();
        }
    }

    public Task WaitStoppedAsync(InstanceRef instance, CancellationToken ct) => _runs.TryGetValue(instance.Name, out var run) ? run.Stopped.Task.WaitAsync(ct) : Task.CompletedTask;

    public void Adopt(IReadOnlyList<InstanceRef> instances)
    {
    }

    public void Remove(InstanceRef instance) => _runs.TryRemove(instance.Name, out _);

    public Task SetFrozenAsync(InstanceRef instance, bool frozen, CancellationToken ct)
    {
        Log.Enqueue((frozen ? "freeze " : "thaw ") + instance.Name);
        _runs[instance.Name].Frozen = frozen;
        return Task.CompletedTask;
    }

    /// <summary>Gives back what it is fed; ends when its input does, with 7.</summary>
    public async Task<IExecSession> ExecAsync(InstanceRef instance, ExecRequest request, CancellationToken ct)
    {
        await request.Begin.WaitAsync(ct);
        return new Echo(request);
    }

    public Task KeepNetworkAsync(InstanceRef instance, CancellationToken ct) => Task.CompletedTask;

    public void TakeBackNics(InstanceRef instance, IReadOnlyList<NicSpec> nics)
    {
    }

    public ILiveInstance Live(InstanceRef instance) => new Alive(this, _runs.GetValueOrDefault(instance.Name) ?? throw ApiException.BadRequest("The instance is not running"));

    private sealed class Run(InstanceSpec spec, int pid)
    {
        public InstanceSpec Spec => spec;
        public int Pid { get; set; } = pid;
        public bool Frozen { get; set; }
        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Alive(FakeDriver driver, Run run) : ILiveInstance
    {
        public InstanceUsage Usage() => new() { Pid = run.Pid, Processes = 1 };

        public InstanceMetrics Metrics() => new() { Processes = 1, CpuSeconds = [("0", "user", 1.5)] };

        public void Apply(ResourceLimits limits) => driver.Log.Enqueue($"limits {limits.Memory}");

        public Task MountAsync(MountSpec mount, CancellationToken ct) => Note($"mount {mount.Target}");

        public Task UnmountAsync(string target, CancellationToken ct) => Note($"unmount {target}");

        public Task AddDeviceAsync(UnixDeviceSpec device, CancellationToken ct) => Note($"add {device.Path}");

        public Task RemoveDeviceAsync(UnixDeviceSpec device, CancellationToken ct) => Note($"remove {device.Path}");

        public Task AddNicAsync(NicSpec nic, CancellationToken ct) => Note($"plug {nic.Name}");

        public Task RemoveNicAsync(NicSpec nic, CancellationToken ct) => Note($"unplug {nic.Name}");

        public Task<IConsoleSession> ConsoleAsync(CancellationToken ct) => throw new NotSupportedException();

        private Task Note(string text)
        {
            driver.Log.Enqueue(text);
            return Task.CompletedTask;
        }
    }

    private sealed class Echo : IExecSession
    {
        private readonly Pipe _pipe = new();
        private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Echo(ExecRequest request)
        {
            Output = _pipe.Reader.AsStream();
            Input = new Ending(_pipe.Writer.AsStream(), () => _exit.TrySetResult(7));
            if (request.StdoutFile is { } file && file != "/dev/null")
            {
                File.WriteAllText(file, string.Join(' ', request.Command));
                File.WriteAllText(request.StderrFile!, "");
            }
        }

        public int Pid => 1;
        public Stream Input { get; }
        public Stream Output { get; }
        public Stream Error { get; } = Stream.Null;
        public Task<int> Exit => _exit.Task;

        public void Resize(int width, int height)
        {
        }

        public void Signal(int signal)
        {
            _pipe.Writer.Complete();
            _exit.TrySetResult(128 + signal);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A stream that tells when it is closed.</summary>
    private sealed class Ending(Stream inner, Action ended) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            ended();
        }
    }
}
