using System.Runtime.InteropServices;

namespace Lxd.Monitor.Proxy;

/// <summary>Two connected sockets; what one says, the other hears. Ends when both have said all, or one broke.</summary>
internal sealed unsafe class Pump(int client, int server, bool datagrams) : IDisposable
{
    private const int Size = 65536;
    private const int Rounds = 16;
    private readonly Direction _there = new(client, server);
    private readonly Direction _back = new(server, client);

    public int Client => client;

    public int Server => server;

    /// <summary>When something last went through, in milliseconds of the process.</summary>
    public long Used { get; private set; } = Environment.TickCount64;

    public bool Ended { get; private set; }

    /// <summary>Datagrams have no end: a stream that has said all waits some time for what they answer.</summary>
    public bool Lingers => datagrams && _there.Done;

    /// <summary>The connection to the server is still being made.</summary>
    public bool Connecting { get; set; }

    /// <summary>What to say to the server before anything of the client's.</summary>
    public void Say(ReadOnlySpan<byte> head) => _there.Say(head);

    public short Wants(int fd) => Connecting ? fd == server ? (short)Native.Out : (short)0
        : (short)((fd == client ? _there : _back).Wants(Native.In) | (fd == client ? _back : _there).Wants(Native.Out));

    /// <summary>Moves what can be moved.</summary>
    public void Move()
    {
        Used = Environment.TickCount64;
        if (Connecting)
        {
            var error = 0;
            var length = 4;
            _ = Native.getsockopt(server, 1, 4, &error, &length);
            Connecting = false;
            if (error != 0)
            {
                Ended = true;
                return;
            }
        }

        if (!_there.Move() || !_back.Move())
        {
            Ended = true;
            return;
        }

        Ended = _there.Done && _back.Done;
    }

    public void Dispose()
    {
        _ = Native.close(client);
        _ = Native.close(server);
    }

    /// <summary>One way through: a buffer between two sockets.</summary>
    private sealed class Direction(int from, int to)
    {
        private readonly byte[] _buffer = new byte[Size];
        private int _start;
        private int _end;
        private bool _closed;

        /// <summary>All was said and passed on.</summary>
        public bool Done { get; private set; }

        public void Say(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_buffer.AsSpan(_end));
            _end += bytes.Length;
        }

        public int Wants(int what) => what == Native.In ? !_closed && _end == _start ? Native.In : 0 : _end > _start ? Native.Out : 0;

        /// <summary>False when the connection broke.</summary>
        public bool Move()
        {
            // Others want their turn too.
            for (var i = 0; i < Rounds && !Done; i++)
            {
                if (_end > _start)
                {
                    if (!Send(out var blocked))
                    {
                        return false;
                    }

                    if (blocked)
                    {
                        return true;
                    }
                }
                else if (_closed)
                {
                    _ = Native.shutdown(to, Native.ShutWrite);
                    Done = true;
                }
                else if (!Receive(out var nothing))
                {
                    return false;
                }
                else if (nothing)
                {
                    return true;
                }
            }

            return true;
        }

        private bool Send(out bool blocked)
        {
            fixed (byte* p = _buffer)
            {
                var count = Native.sendto(to, p + _start, _end - _start, Native.NoSignal, null, 0);
                blocked = count < 0 && Marshal.GetLastPInvokeError() is Native.Again or Native.Interrupted;
                _start += (int)Math.Max(0, count);
                return count >= 0 || blocked;
            }
        }

        private bool Receive(out bool nothing)
        {
            fixed (byte* p = _buffer)
            {
                var count = Native.recvfrom(from, p, Size, 0, null, null);
                nothing = count < 0 && Marshal.GetLastPInvokeError() is Native.Again or Native.Interrupted;
                _closed = count == 0;
                (_start, _end) = (0, (int)Math.Max(0, count));
                return count >= 0 || nothing;
            }
        }
    }
}
