using Lxc.Framework;

namespace Lxc.Tests;

public sealed class ArgumentsTests
{
    private static readonly Flag[] Flags = [new("--format", "-f", "format"), new("--force"), new("--profile", "-p", "name"), new("--quiet", "-q")];

    [Theory]
    [InlineData("--format csv x", "csv")]
    [InlineData("--format=csv x", "csv")]
    [InlineData("x -f csv", "csv")]
    [InlineData("-fcsv x", "csv")]
    [InlineData("-qfcsv x", "csv")]
    [InlineData("x -f=csv", "csv")]
    public void FlagsStandWhereUsersPutThem(string line, string format)
    {
        var arguments = Arguments.Parse(line.Split(' '), Flags);
        Assert.Equal(format, arguments.Get("--format"));
        Assert.Equal(["x"], arguments.Rest);
    }

    [Fact]
    public void AfterTwoDashesNothingIsAFlag() => Assert.Equal(["c1", "ls", "--force"], Arguments.Parse(["c1", "--", "ls", "--force"], Flags).Rest);

    [Fact]
    public void ACommandInTheContainerNeedsTwoDashesForItsFlags() =>
        Assert.Equal("unknown shorthand flag: 'l' in -l", Assert.Throws<UsageException>(() => Arguments.Parse(["-q", "c1", "ls", "-l"], Flags)).Message);

    [Fact]
    public void ARepeatedFlagKeepsAllItsValues() => Assert.Equal(["a", "b"], Arguments.Parse(["-p", "a", "--profile", "b"], Flags).All("--profile"));

    [Theory]
    [InlineData("--nonsense", "unknown flag: --nonsense")]
    [InlineData("-x", "unknown shorthand flag: 'x' in -x")]
    [InlineData("--format", "flag needs an argument: --format")]
    public void WhatMakesNoSenseIsRefused(string line, string message) => Assert.Equal(message, Assert.Throws<UsageException>(() => Arguments.Parse([line], Flags)).Message);
}
