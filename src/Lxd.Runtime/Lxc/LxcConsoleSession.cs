using Lxd.Linux.Spawn;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Runtime.Lxc;

/// <summary>The console's terminal, lent by a helper process until the session is disposed.</summary>
internal sealed class LxcConsoleSession(ChildProcess helper, SafeFileHandle lease, SafeFileHandle terminal) : IConsoleSession
{
    private readonly PollStream _stream = new(terminal);

    public Stream Terminal => _stream;

    public void Resize(int width, int height)
    {
        if (width > 0 && height > 0)
        {
            Lxd.Linux.Spawn.Terminal.Resize(terminal, width, height);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lease.Dispose();
        await _stream.DisposeAsync().ConfigureAwait(false);
        await helper.Exit.ConfigureAwait(false);
    }
}
