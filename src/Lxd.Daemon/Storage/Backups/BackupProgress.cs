using Lxd.Core;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Tells in an operation how many bytes went by and how fast, at most twice a second.</summary>
internal static class BackupProgress
{
    private const long Interval = 500;

    public static Action<long> Of(OperationProgress progress, string key, string prefix = "")
    {
        var begun = Environment.TickCount64;
        var last = begun;
        return bytes =>
        {
            var now = Environment.TickCount64;
            if (now - last < Interval)
            {
                return;
            }

            last = now;
            progress.Set(key, $"{prefix}{Units.FormatBytes(bytes)} ({Units.FormatBytes(bytes * 1000 / Math.Max(1, now - begun))}/s)");
        };
    }
}
