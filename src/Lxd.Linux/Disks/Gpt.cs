using System.Buffers.Binary;

namespace Lxd.Linux.Disks;

/// <summary>The partition table of a disk (GPT). Its second copy lies in the last sectors, so that a disk that grew has it in the middle.</summary>
public static class Gpt
{
    private const int Sector = 512;
    private const int HeaderLength = 92;
    private const long LargestTable = 1 << 20;

    // Where things lie in a header.
    private const int OwnCrc = 16;
    private const int OwnSector = 24;
    private const int OtherSector = 32;
    private const int LastUsable = 48;
    private const int TableSector = 72;
    private const int TableCrc = 88;

    /// <summary>Puts the second copy where the end of the disk is now, and frees what is before it. A disk that has no sound table, or has it in place, stays as it is.</summary>
    /// <returns>Whether it was moved.</returns>
    public static bool MoveToEnd(string disk)
    {
        using var file = File.OpenHandle(disk, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var last = RandomAccess.GetLength(file) / Sector - 1;
        var header = new byte[Sector];
        if (last < 2 || RandomAccess.Read(file, header, Sector) < Sector || !IsSound(header) || Number(header, OtherSector) == last)
        {
            return false;
        }

        var table = new byte[BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(80)) * (long)BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(84)) is > 0 and <= LargestTable and var size ? size : 0];
        var place = last - (table.Length + Sector - 1) / Sector;
        var from = Number(header, TableSector);
        if (table.Length == 0 || from is < 2 or > int.MaxValue || place <= Number(header, LastUsable) || RandomAccess.Read(file, table, from * Sector) < table.Length
            || Crc(table) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(TableCrc)))
        {
            return false;
        }

        RandomAccess.Write(file, table, place * Sector);
        RandomAccess.Write(file, Header(header, last, 1, place, place - 1), last * Sector);
        RandomAccess.FlushToDisk(file);
        RandomAccess.Write(file, Header(header, 1, last, from, place - 1), Sector);
        Protect(file, last);
        RandomAccess.FlushToDisk(file);
        return true;
    }

    private static bool IsSound(byte[] header)
    {
        if (!header.AsSpan().StartsWith("EFI PART"u8) || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12)) != HeaderLength || Number(header, OwnSector) != 1)
        {
            return false;
        }

        var bare = header[..HeaderLength];
        bare.AsSpan(OwnCrc, 4).Clear();
        return Crc(bare) == BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(OwnCrc));
    }

    private static byte[] Header(byte[] old, long own, long other, long table, long lastUsable)
    {
        var header = (byte[])old.Clone();
        foreach (var (at, value) in (ReadOnlySpan<(int, long)>)[(OwnSector, own), (OtherSector, other), (TableSector, table), (LastUsable, lastUsable)])
        {
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(at), value);
        }

        header.AsSpan(OwnCrc, 4).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(OwnCrc), Crc(header.AsSpan(0, HeaderLength)));
        return header;
    }

    /// <summary>The old kind of table in the first sector has one partition over all of the disk, so that tools that know no other leave it alone.</summary>
    private static void Protect(Microsoft.Win32.SafeHandles.SafeFileHandle file, long last)
    {
        const int First = 446;
        const byte Whole = 0xee;
        var record = new byte[16];
        if (RandomAccess.Read(file, record, First) == record.Length && record[4] == Whole)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12), (uint)Math.Min(last, uint.MaxValue));
            RandomAccess.Write(file, record, First);
        }
    }

    private static long Number(byte[] header, int at) => BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(at));

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xedb88320);
            }
        }

        return ~crc;
    }
}
