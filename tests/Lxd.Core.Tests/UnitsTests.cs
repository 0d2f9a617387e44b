namespace Lxd.Core.Tests;

public sealed class UnitsTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("512", 512)]
    [InlineData("512B", 512)]
    [InlineData("1KiB", 1024)]
    [InlineData("5MB", 5_000_000)]
    [InlineData("10GiB", 10737418240)]
    public void SizesAreRead(string text, long bytes) => Assert.Equal(bytes, Units.ParseBytes(text));

    [Theory]
    [InlineData("x")]
    [InlineData("5XB")]
    [InlineData("99999999EiB")]
    public void NonsenseIsRefused(string text) => Assert.Equal(400, Assert.Throws<ApiException>(() => Units.ParseBytes(text)).Status);

    [Fact]
    public void SizesAreShownInTheirUnit()
    {
        Assert.Equal("512B", Units.FormatBytes(512));
        Assert.Equal("1.50GiB", Units.FormatBytes(1610612736));
        Assert.Equal("3.40MB", Units.FormatBytesSi(3_400_000));
    }

    [Fact]
    public void ExpiryAddsUp()
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Assert.Null(Expiry.After("", start));
        Assert.Equal(start.AddDays(8).AddHours(2), Expiry.After("1w 1d 2H", start));
        Assert.Throws<ApiException>(() => Expiry.After("soon", start));
    }
}
