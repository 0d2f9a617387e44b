using System.Globalization;
using Lxd.Client.SimpleStreams;
using Lxd.Daemon.Storage.Snapshots;

namespace Lxd.Daemon.Tests.Storage;

/// <summary>Somebody sets the clock between two looks at it.</summary>
public sealed class SteppedClockTests
{
    /// <summary>However far it was set on, what is due is due once; set back, nothing is until its time comes again.</summary>
    [Theory]
    [InlineData("@hourly", "2026-01-01 11:59:30", "2026-01-01 12:00:30", true)]
    [InlineData("@hourly", "2026-01-01 12:00:00", "2026-01-01 12:00:59", false)]
    [InlineData("@hourly", "1970-01-01 00:00:01", "2026-01-01 12:00:30", true)]
    [InlineData("0 0 29 2 *", "1970-01-01 00:00:01", "2038-02-01 00:00:00", true)]
    [InlineData("0 0 31 2 *", "1970-01-01 00:00:01", "2038-02-01 00:00:00", false)]
    [InlineData("@hourly", "2026-01-01 12:00:30", "2026-01-01 11:00:30", false)]
    [InlineData("* * * * *", "2038-01-01 12:00:30", "1970-01-01 00:00:30", false)]
    public void AScheduleIsNotLostNorRepeated(string schedule, string before, string now, bool due) =>
        Assert.Equal(due, SnapshotSchedule.IsDue(schedule, Time(before), Time(now)));

    [Fact]
    public void WhatWasKeptInTheFutureIsOld()
    {
        var directory = Directory.CreateTempSubdirectory("lxdclock").FullName;
        try
        {
            var cache = new StreamCache(directory);
            cache.Keep("https://images", [1]);
            Assert.InRange(cache.Find("https://images")!.Value.Age, TimeSpan.Zero, TimeSpan.FromMinutes(1));
            File.SetLastWriteTimeUtc(Directory.GetFiles(directory)[0], DateTime.UtcNow.AddYears(1));
            Assert.Equal(TimeSpan.MaxValue, cache.Find("https://images")!.Value.Age);
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
