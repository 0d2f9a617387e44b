using System.Buffers.Binary;
using System.Text;

namespace Lxd.Client.Ssh;

/// <summary>The fields of a message that came; one that is cut short is an <see cref="IOException"/>.</summary>
internal sealed class SshReader(byte[] message)
{
    private int _at = 1;

    public byte Kind => message.Length > 0 ? message[0] : (byte)0;

    public byte[] Whole => message;

    public bool Bool() => Take(1)[0] != 0;

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public string Text() => Encoding.UTF8.GetString(String());

    public ReadOnlySpan<byte> String()
    {
        var length = UInt32();
        return length <= message.Length ? Take((int)length) : throw new IOException("an SSH message is cut short");
    }

    public void Skip(int count) => Take(count);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > message.Length - _at)
        {
            throw new IOException("an SSH message is cut short");
        }

        _at += count;
        return message.AsSpan(_at - count, count);
    }
}
