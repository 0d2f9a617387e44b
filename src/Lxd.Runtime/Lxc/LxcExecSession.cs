using System.Globalization;
using System.Text;
using Lxd.Core;
using Lxd.Linux.IdMaps;
using Lxd.Linux.Spawn;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Runtime.Lxc;

/// <summary>A command inside a container, run by a helper process that hands it our pipes or a terminal.</summary>
internal sealed class LxcExecSession : IExecSession
{
    private const int SigKill = 9;
    private const int SigHangUp = 1;
    private readonly ChildProcess _helper;
    private readonly Terminal? _terminal;
    private readonly PollStream? _input;
    private readonly PollStream? _output;
    private readonly PollStream? _error;
    private readonly PollStream _status;

    private LxcExecSession(ChildProcess helper, Terminal? terminal, PollStream? input, PollStream? output, PollStream? error, PollStream status)
    {
        _helper = helper;
        _terminal = terminal;
        _input = input;
        _output = output;
        _error = error;
        _status = status;
    }

    public int Pid { get; private set; }

    public Stream Input => _input ?? Stream.Null;

    public Stream Output => _output ?? Stream.Null;

    public Stream Error => _error ?? Stream.Null;

    public Task<int> Exit { get; private set; } = Task.FromResult(-1);

    public static async Task<IExecSession> StartAsync(LxcDriver driver, InstanceRef instance, ExecRequest request, CancellationToken ct)
    {
        var init = Init(driver, instance);
        using var status = new Pipe();
        using var what = new Pipe();
        var descriptors = new List<(int, int)> { (Fd(status.Write), 3), (Fd(what.Read), 4) };
        var close = new List<IDisposable>();
        Terminal? terminal = null;
        PollStream? input = null, output = null, error = null;
        if (request.Interactive)
        {
            terminal = new Terminal(init);
            terminal.SetOwner(HostUid(init, request.Uid), HostUid(init, 0));
            if (request.Width > 0 && request.Height > 0)
            {
                terminal.Resize(request.Width, request.Height);
            }

            descriptors.AddRange([(Fd(terminal.Slave), 0), (Fd(terminal.Slave), 1), (Fd(terminal.Slave), 2)]);
            close.Add(terminal.Slave);
            input = output = new PollStream(terminal.Master);
        }
        else
        {
            input = Feed(request.StdoutFile is null, 0, descriptors, close);
            output = Drain(request.StdoutFile, 1, descriptors, close);
            error = Drain(request.StderrFile, 2, descriptors, close);
        }

        var helper = ChildProcess.Start(MonitorProgram.Path, ["exec", instance.Name, driver.LxcPath, instance.ConfigFile], MonitorProgram.Environment, descriptors, session: true);
        foreach (var handle in close)
        {
            handle.Dispose();
        }

        status.Write.Dispose();
        what.Read.Dispose();
        var session = new LxcExecSession(helper, terminal, input, output, error, new PollStream(new SafeFileHandle(Duplicate(status.Read), true)));
        try
        {
            await session.BeginAsync(request, () => Init(driver, instance), what.Write, ct).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Resize(int width, int height)
    {
        if (width > 0 && height > 0 && !Exit.IsCompleted)
        {
            _terminal?.Resize(width, height);
        }
    }

    public void Signal(int signal)
    {
        if (!Exit.IsCompleted)
        {
            Signals.Send(Pid, signal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exit.IsCompleted)
        {
            Signals.Send(Pid, SigHangUp);
            Signals.Send(Pid, SigKill);
        }

        if (Pid == 0)
        {
            _helper.Signal(SigKill);
        }

        await _helper.Exit.ConfigureAwait(false);
        foreach (var stream in (PollStream?[])[_input, _output, _error, _status])
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        _terminal?.Dispose();
    }

    /// <summary>Hands over what to run, when it is to begin, and waits until it runs. The helper has read the container's configuration meanwhile.</summary>
    private async Task BeginAsync(ExecRequest request, Func<int> init, SafeFileHandle pipe, CancellationToken ct)
    {
        await request.Begin.WaitAsync(ct).ConfigureAwait(false);
        string[] texts =
        [
            request.Uid.ToString(CultureInfo.InvariantCulture), request.Gid.ToString(CultureInfo.InvariantCulture), request.Directory, request.Interactive ? "tty" : "pipes",
            init().ToString(CultureInfo.InvariantCulture), request.Environment.Count.ToString(CultureInfo.InvariantCulture), .. request.Environment.Select(p => $"{p.Key}={p.Value}"), .. request.Command,
        ];
        await using (var what = new PollStream(new SafeFileHandle(Duplicate(pipe), true)))
        {
            pipe.Dispose();
            await what.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(texts.Select(t => t.Replace("\0", "", StringComparison.Ordinal) + '\0'))), ct).ConfigureAwait(false);
        }

        var reader = new StreamReader(_status, Encoding.ASCII);
        var first = await reader.ReadLineAsync(ct).ConfigureAwait(false);
        if (first is null || !first.StartsWith("pid ", StringComparison.Ordinal))
        {
            throw ApiException.Internal("Failed to run the command in the instance");
        }

        Pid = int.Parse(first.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture);
        Exit = FinishAsync(reader);
    }

    private static int Init(LxcDriver driver, InstanceRef instance) => driver.Pid(instance) is > 0 and var init ? init : throw ApiException.BadRequest("Instance is not running");

    private async Task<int> FinishAsync(StreamReader reader)
    {
        var last = await reader.ReadLineAsync().ConfigureAwait(false);
        await _helper.Exit.ConfigureAwait(false);
        _output?.EndWhenEmpty();
        _error?.EndWhenEmpty();
        return last is not null && last.StartsWith("exit ", StringComparison.Ordinal) ? int.Parse(last.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture) : 129;
    }

    private static PollStream? Feed(bool wanted, int target, List<(int, int)> descriptors, List<IDisposable> close)
    {
        if (!wanted)
        {
            var nothing = File.OpenHandle("/dev/null");
            descriptors.Add((Fd(nothing), target));
            close.Add(nothing);
            return null;
        }

        var pipe = new Pipe();
        descriptors.Add((Fd(pipe.Read), target));
        close.Add(pipe.Read);
        return new PollStream(pipe.Write);
    }

    private static PollStream? Drain(string? file, int target, List<(int, int)> descriptors, List<IDisposable> close)
    {
        if (file is not null)
        {
            var handle = File.OpenHandle(file, FileMode.Create, FileAccess.Write);
            descriptors.Add((Fd(handle), target));
            close.Add(handle);
            return null;
        }

        var pipe = new Pipe();
        descriptors.Add((Fd(pipe.Write), target));
        close.Add(pipe.Write);
        return new PollStream(pipe.Read);
    }

    /// <summary>The host's id of a user inside, from the init's own map.</summary>
    private static uint HostUid(int init, uint uid)
    {
        var entries = File.ReadLines($"/proc/{init}/uid_map").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(p => new IdMapEntry(true, true, long.Parse(p[1], CultureInfo.InvariantCulture), long.Parse(p[0], CultureInfo.InvariantCulture), long.Parse(p[2], CultureInfo.InvariantCulture)));
        return new IdMap(entries).HostUid(uid) ?? 65534;
    }

    private static int Fd(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static nint Duplicate(SafeFileHandle handle) => Descriptors.Duplicate(handle);
}
