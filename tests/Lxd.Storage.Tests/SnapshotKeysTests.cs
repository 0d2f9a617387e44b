using Lxd.Core;

namespace Lxd.Storage.Tests;

public sealed class SnapshotKeysTests
{
    [Fact]
    public void ExpiryExpressionsAddUp()
    {
        var from = new DateTime(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc);
        Assert.Equal(new DateTime(2026, 2, 8, 3, 5, 0, DateTimeKind.Utc), SnapshotKeys.Expiry(from, "5M 3H 1d 1w"));
        Assert.Equal(default, SnapshotKeys.Expiry(from, ""));
        Assert.Throws<ApiException>(() => SnapshotKeys.Expiry(from, "1x"));
        Assert.Throws<ApiException>(() => SnapshotKeys.Expiry(from, "d"));
    }

    [Theory]
    [InlineData("@daily")]
    [InlineData("@hourly, @startup")]
    [InlineData("0 4 * * 1")]
    public void SchedulesAreAccepted(string schedule) => SnapshotKeys.CheckSchedule(schedule);

    [Theory]
    [InlineData("sometimes")]
    [InlineData("* * *")]
    public void OtherSchedulesAreNot(string schedule) => Assert.Throws<ApiException>(() => SnapshotKeys.CheckSchedule(schedule));
}
