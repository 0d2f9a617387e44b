using System.Runtime.InteropServices;

namespace Lxd.Monitor;

/// <summary>Signals as programs inside a container expect to find them.</summary>
internal static partial class Signals
{
    private const int Sigpipe = 13;

    /// <summary>The .NET runtime ignores SIGPIPE, and what is ignored stays so across fork and exec: without this a <c>yes | head</c> inside would never end.</summary>
    public static void RestoreSigpipe() => signal(Sigpipe, 0);

    /// <summary>This process outlives what the terminal sends to the command beside it; a handler, unlike "ignore", is gone again after exec.</summary>
    public static IDisposable[] Outlive() =>
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, c => c.Cancel = true),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, c => c.Cancel = true),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => c.Cancel = true),
        PosixSignalRegistration.Create(PosixSignal.SIGTSTP, c => c.Cancel = true),
    ];

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}
