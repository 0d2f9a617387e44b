using System.Globalization;
using Lxd.Linux.Seccomp;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Runtime.Interception;

/// <summary><c>mknod</c> of devices that harm nobody, and <c>setxattr</c> of the mark of an overlay's opaque directory.</summary>
internal static class FileCalls
{
    private const int PathOnly = 0x200000;
    private const int OnlyDirectory = 0x10000;
    private const int LongestPath = 4096;
    private const int CurrentDirectory = -100;
    private const uint TypeMask = 0xf000;
    private const uint CharacterDevice = 0x2000;

    /// <summary>The whiteout of overlayfs, <c>/dev/null</c>, <c>zero</c>, <c>full</c>, <c>random</c>, <c>urandom</c>, <c>tty</c>, <c>console</c>.</summary>
    private static readonly (uint Major, uint Minor)[] Harmless = [(0, 0), (1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1)];

    public static async Task<Answer> MknodAsync(Notification call, Caller caller, bool at, CancellationToken ct)
    {
        var arguments = call.Arguments.AsSpan(at ? 1 : 0);
        var (pathAddress, mode, device) = (arguments[0], (uint)arguments[1], (uint)arguments[2]);
        if ((mode & TypeMask) != CharacterDevice || !Harmless.Contains((Major(device), Minor(device))) || call.ReadText(pathAddress, LongestPath) is not { Length: > 0 } path || path.EndsWith('/'))
        {
            return Answer.Kernel;
        }

        using var root = call.Open("root", PathOnly | OnlyDirectory);
        using var from = Base(call, at ? (int)call.Arguments[0] : CurrentDirectory);
        return await CallHelper.RunAsync(call, [root, from], ["mknod", path, Text(mode & ~caller.Umask), Text(device), .. CallHelper.Arguments(caller)], ct).ConfigureAwait(false);
    }

    public static async Task<Answer> SetxattrAsync(Notification call, Caller caller, CancellationToken ct)
    {
        // path, name, value, size, flags
        if (!caller.IsAdmin || call.Arguments[3] != 1 || call.ReadText(call.Arguments[1], 256) != "trusted.overlay.opaque" || call.Read(call.Arguments[2], 1) is not [(byte)'y']
            || call.ReadText(call.Arguments[0], LongestPath) is not { Length: > 0 } path)
        {
            return Answer.Kernel;
        }

        using var root = call.Open("root", PathOnly | OnlyDirectory);
        using var from = Base(call, CurrentDirectory);
        return await CallHelper.RunAsync(call, [root, from], ["setxattr", path, Text((uint)call.Arguments[4]), .. CallHelper.Arguments(caller)], ct).ConfigureAwait(false);
    }

    /// <summary>The directory a relative path begins at.</summary>
    private static SafeFileHandle? Base(Notification call, int directory) =>
        call.Open(directory == CurrentDirectory ? "cwd" : string.Create(CultureInfo.InvariantCulture, $"fd/{directory}"), PathOnly | OnlyDirectory);

    private static uint Major(uint device) => (device >> 8) & 0xfff;

    private static uint Minor(uint device) => (device & 0xff) | ((device >> 12) & 0xfff00);

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
