using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>A supervisor that holds the socket, as systemd does, starts the daemon on the first connection.</summary>
public sealed class ActivationTests
{
    /// <summary>Listens first, starts the daemon when somebody has connected, and hands the socket over as descriptor 3.</summary>
    private const string Supervisor =
        """
        import os, select, socket, sys
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.environ["LXD_DIR"] + "/unix.socket")
        listener.listen(16)
        select.select([listener], [], [])
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
        os.execvp("lxd", ["lxd", "--logfile", sys.argv[1]])
        """;

    [Fact]
    public async Task TheRequestThatStartsTheDaemonIsAnswered()
    {
        await using var server = new LabServer("activation");
        var script = Path.Combine(server.Home, "supervisor.py");
        await File.WriteAllTextAsync(script, Supervisor);
        Directory.CreateDirectory(server.Dir);
        await server.Shell.RunAsync($"setsid python3 {script} {server.Home}/lxd.log >/dev/null 2>&1 </dev/null & until [ -S $LXD_DIR/unix.socket ]; do :; done");
        Assert.Equal("default\n", await server.Shell.RunAsync("lxc profile list -f csv -c n"));
        await server.Shell.RunAsync("lxd shutdown --timeout 60");
    }
}
