using Lxc.Framework;

namespace Lxc.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("copy c1 c2 --target-project bar", "copy c1 c2", "--target-project bar")]
    [InlineData("--project foo copy c1 c2", "copy c1 c2", "--project foo")]
    [InlineData("--project foo --target-project bar storage volume move p/v p/w", "storage volume move p/v p/w", "--project foo --target-project bar")]
    [InlineData("-q --project=foo list", "list", "-q --project=foo")]
    [InlineData("storage --project foo volume list default", "storage volume list default", "--project foo")]
    [InlineData("exec c1 -- ls -l", "exec c1", "-- ls -l")]
    public void FlagsMayStandBeforeAndBetweenTheWordsOfACommand(string line, string plain, string flags)
    {
        var words = line.Split(' ');
        var places = CommandLine.Plain(words);
        Assert.Equal(plain, string.Join(' ', places.Select(i => words[i])));
        Assert.Equal(flags, string.Join(' ', CommandLine.Without(words, places)));
    }
}
