namespace Lxd.Core.Tests;

public sealed class MomentTests
{
    [Theory]
    [InlineData("2038-03-23T17:38:37.753398689-04:00", "2038-03-23T17:38:37.753398689-04:00", "2038-03-23 17:38:37.753398689 -0400 -0400")]
    [InlineData("2038-03-23T17:38:37Z", "2038-03-23T17:38:37Z", "2038-03-23 17:38:37 +0000 UTC")]
    [InlineData("2038-03-23T17:38:37.5+05:30", "2038-03-23T17:38:37.5+05:30", "2038-03-23 17:38:37.5 +0530 +0530")]
    [InlineData("", "0001-01-01T00:00:00Z", "0001-01-01 00:00:00 +0000 UTC")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01 00:00:00 +0000 UTC")]
    public void ComesBackAsItWasGiven(string text, string wire, string property)
    {
        var moment = Moment.Parse(text);
        Assert.Equal(wire, moment.ToString());
        Assert.Equal(property, moment.ToProperty());
    }

    [Fact]
    public void ZonesDoNotChangeWhenItIs()
    {
        var moment = Moment.Parse("2038-03-23T17:38:37-04:00");
        Assert.Equal(new DateTime(2038, 3, 23, 21, 38, 37, DateTimeKind.Utc), moment.Utc);
        Assert.True(moment.IsOver(moment.Utc));
        Assert.False(moment.IsOver(moment.Utc.AddSeconds(-1)));
        Assert.False(default(Moment).IsOver(DateTime.MaxValue));
    }
}
