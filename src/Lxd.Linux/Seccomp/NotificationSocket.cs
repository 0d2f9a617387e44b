using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Lxd.Linux.Seccomp;

/// <summary>The socket liblxc's monitors bring system calls to. A monitor has one connection and one call at a time on it; when the connection breaks it makes another with the next call.</summary>
public sealed class NotificationSocket : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Socket _listener;
    private readonly Func<Notification, CancellationToken, Task<Answer>> _answer;
    private readonly Action<Exception> _failed;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _path;
    private readonly Task _accepting;

    /// <param name="answer">What a call returns; a failure of it is ENOSYS for the caller.</param>
    public NotificationSocket(string path, Func<Notification, CancellationToken, Task<Answer>> answer, Action<Exception> failed)
    {
        _path = path;
        _answer = answer;
        _failed = failed;
        File.Delete(path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, Owner);
        _listener.Listen(128);
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        File.Delete(_path);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The monitor went while it waited; or there are no descriptors left, and at once there would be none again.
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket monitor)
    {
        using var connection = monitor;
        try
        {
            var one = new byte[1];
            while (await monitor.ReceiveAsync(one, SocketFlags.Peek, _stop.Token).ConfigureAwait(false) > 0)
            {
                using var notification = Receive((int)monitor.Handle);
                var answer = Answer.Error(ENOSYS);
                try
                {
                    answer = await _answer(notification, _stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    _failed(e);
                }

                await monitor.SendAsync(notification.Answered(answer), _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The container stopped, or we do.
        }
        catch (Exception e)
        {
            _failed(e);
        }
    }

    private static unsafe Notification Receive(int socket)
    {
        const int headerLength = 16;
        const int controlLength = 64;
        var buffer = stackalloc byte[4096];
        var control = stackalloc byte[controlLength];
        var part = new iovec { iov_base = buffer, iov_len = 4096 };
        var message = new msghdr { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = controlLength };
        var length = (int)recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        var count = length >= 0 && message.msg_controllen >= headerLength ? (int)(*(nuint*)control - headerLength) / sizeof(int) : 0;
        var handles = new SafeFileHandle[count];
        for (var i = 0; i < count; i++)
        {
            handles[i] = new SafeFileHandle(((int*)(control + headerLength))[i], true);
        }

        if (count != 3)
        {
            Array.ForEach(handles, h => h.Dispose());
            throw new IOException("A message about a system call came without the descriptors of its caller");
        }

        return new Notification(new ReadOnlySpan<byte>(buffer, length), handles[0], handles[1], handles[2]);
    }
}
