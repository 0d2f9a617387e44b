using System.Buffers.Binary;

namespace Lxd.Linux.Archives;

/// <summary>Attributes that have ids inside: ACLs and file capabilities.</summary>
internal static class XattrShift
{
    private const uint CapVersionMask = 0xff000000;
    private const uint CapVersion2 = 0x02000000;
    private const uint CapVersion3 = 0x03000000;
    private const int Cap2Length = 20;
    private const int Cap3Length = 24;

    /// <summary>The value with its ids changed; the value itself where it has none or is malformed.</summary>
    public static byte[] Apply(string key, byte[] value, IdShift? shift) => shift is null ? value : key switch
    {
        "system.posix_acl_access" or "system.posix_acl_default" => Acl(value, shift),
        "security.capability" => Capability(value, shift),
        _ => value,
    };

    private static byte[] Acl(byte[] value, IdShift shift)
    {
        const int HeaderLength = 4;
        const int EntryLength = 8;
        const ushort User = 0x02;
        const ushort Group = 0x08;
        var result = value.AsSpan().ToArray();
        for (var at = HeaderLength; at + EntryLength <= result.Length; at += EntryLength)
        {
            var tag = BinaryPrimitives.ReadUInt16LittleEndian(result.AsSpan(at));
            var field = result.AsSpan(at + 4);
            var id = BinaryPrimitives.ReadUInt32LittleEndian(field);
            if (tag is User or Group && (tag == User ? shift.Uid(id) : shift.Gid(id)) is { } changed)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(field, changed);
            }
        }

        return result;
    }

    /// <summary>Version 2 means the host's root; version 3 names the root it holds for.</summary>
    private static byte[] Capability(byte[] value, IdShift shift)
    {
        if (value.Length is not (Cap2Length or Cap3Length))
        {
            return value;
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(value);
        var root = value.Length == Cap3Length ? BinaryPrimitives.ReadUInt32LittleEndian(value.AsSpan(Cap2Length)) : 0;
        root = shift.Uid(root) ?? root;
        var result = new byte[root == 0 ? Cap2Length : Cap3Length];
        value.AsSpan(0, Cap2Length).CopyTo(result);
        BinaryPrimitives.WriteUInt32LittleEndian(result, (magic & ~CapVersionMask) | (root == 0 ? CapVersion2 : CapVersion3));
        if (root != 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(Cap2Length), root);
        }

        return result;
    }
}
