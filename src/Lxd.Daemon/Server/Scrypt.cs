using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Lxd.Daemon.Server;

/// <summary>The scrypt key derivation function (RFC 7914), as the trust password is kept: hex of a 32-byte salt followed by 64 bytes of hash (N 16384, r 8, p 1).</summary>
internal static class Scrypt
{
    private const int SaltLength = 32;
    private const int HashLength = 64;
    private const int Cost = 16384;
    private const int BlockSize = 8;

    /// <summary>The text to keep for a password.</summary>
    public static string Protect(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        return Convert.ToHexStringLower([.. salt, .. Derive(System.Text.Encoding.UTF8.GetBytes(password), salt, Cost, BlockSize, 1, HashLength)]);
    }

    /// <summary>Compares in constant time; a malformed kept text matches nothing.</summary>
    public static bool Matches(string kept, string password)
    {
        if (kept.Length != 2 * (SaltLength + HashLength))
        {
            return false;
        }

        var bytes = Convert.FromHexString(kept);
        var hash = Derive(System.Text.Encoding.UTF8.GetBytes(password), bytes[..SaltLength], Cost, BlockSize, 1, HashLength);
        return CryptographicOperations.FixedTimeEquals(hash, bytes.AsSpan(SaltLength));
    }

    public static byte[] Derive(byte[] password, byte[] salt, int n, int r, int p, int length)
    {
        var blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, p * 128 * r);
        var words = new uint[32 * r];
        for (var i = 0; i < p; i++)
        {
            var block = blocks.AsSpan(i * 128 * r, 128 * r);
            for (var w = 0; w < words.Length; w++)
            {
                words[w] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * w)..]);
            }

            Mix(words, n, r);
            for (var w = 0; w < words.Length; w++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * w)..], words[w]);
            }
        }

        return Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
    }

    private static void Mix(uint[] x, int n, int r)
    {
        var memory = new uint[n * x.Length];
        var y = new uint[x.Length];
        for (var i = 0; i < n; i++)
        {
            x.CopyTo(memory, i * x.Length);
            MixBlocks(x, y, r);
        }

        for (var i = 0; i < n; i++)
        {
            var j = (int)(x[(2 * r - 1) * 16] & (uint)(n - 1));
            for (var k = 0; k < x.Length; k++)
            {
                x[k] ^= memory[j * x.Length + k];
            }

            MixBlocks(x, y, r);
        }
    }

    private static void MixBlocks(uint[] b, uint[] y, int r)
    {
        Span<uint> t = stackalloc uint[16];
        b.AsSpan((2 * r - 1) * 16, 16).CopyTo(t);
        for (var i = 0; i < 2 * r; i++)
        {
            for (var k = 0; k < 16; k++)
            {
                t[k] ^= b[i * 16 + k];
            }

            Salsa(t);
            t.CopyTo(y.AsSpan((i / 2 + (i % 2 == 0 ? 0 : r)) * 16));
        }

        y.CopyTo(b, 0);
    }

    private static void Salsa(Span<uint> block)
    {
        Span<uint> x = stackalloc uint[16];
        block.CopyTo(x);
        for (var round = 0; round < 4; round++)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }

        for (var i = 0; i < 16; i++)
        {
            block[i] += x[i];
        }
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }
}
