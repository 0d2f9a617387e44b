namespace Lxd.Core.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("5s", 5)]
    [InlineData("1h30m", 5400)]
    [InlineData("250ms", 0.25)]
    [InlineData("0s", 0)]
    [InlineData("1.5m", 90)]
    public void ASpanIsRead(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), GoDuration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5d")]
    [InlineData("-5s")]
    [InlineData("1.2.3s")]
    public void AnythingElseIsRefused(string text) => Assert.Equal(400, Assert.Throws<ApiException>(() => GoDuration.Parse(text)).Status);
}
