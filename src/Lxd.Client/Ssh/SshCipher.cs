using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lxd.Client.Ssh;

/// <summary>One direction of a connection: AES-256 in counter mode (RFC 4344) and HMAC-SHA-256 (RFC 6668).</summary>
internal sealed class SshCipher : IDisposable
{
    public const int Block = 16;
    public const int MacLength = 32;
    private readonly Aes _aes = Aes.Create();
    private readonly byte[] _counter;
    private readonly byte[] _macKey;

    public SshCipher(byte[] key, byte[] counter, byte[] macKey)
    {
        _aes.Key = key;
        _counter = counter[..Block];
        _macKey = macKey;
    }

    /// <summary>Closes what is open and opens what is closed: whole blocks, in their order.</summary>
    public void Apply(Span<byte> blocks)
    {
        var counters = new byte[blocks.Length];
        for (var at = 0; at < counters.Length; at += Block)
        {
            _counter.CopyTo(counters, at);
            for (var i = Block - 1; i >= 0 && ++_counter[i] == 0; i--)
            {
                // The carry goes on.
            }
        }

        var stream = _aes.EncryptEcb(counters, PaddingMode.None);
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] ^= stream[i];
        }
    }

    public byte[] Mac(uint sequence, ReadOnlySpan<byte> packet)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _macKey);
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, sequence);
        mac.AppendData(number);
        mac.AppendData(packet);
        return mac.GetHashAndReset();
    }

    public void Dispose() => _aes.Dispose();
}
