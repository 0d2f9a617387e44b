namespace Lxd.Linux.Seccomp;

/// <summary>What an intercepted call returns: a value, an error number, or whatever the kernel makes of it.</summary>
public readonly record struct Answer(long Value, int Errno, bool Continue)
{
    /// <summary>The kernel decides as if nobody had looked. Never a way to allow something: memory may have changed since it was read.</summary>
    public static Answer Kernel { get; } = new(0, 0, true);

    public static Answer Success { get; } = new(0, 0, false);

    public static Answer Of(long value) => new(value, 0, false);

    public static Answer Error(int errno) => new(0, errno, false);
}
