using Lxd.Client.Migration;
using Lxd.Core;

namespace Lxd.Client.Tests;

public sealed class ServerAddressesTests
{
    [Theory]
    [InlineData("c", "a b c")]
    [InlineData("a", "a")]
    public async Task TheFirstAddressThatAnswersIsEnough(string alive, string asked)
    {
        var log = new List<string>();
        Assert.Equal(alive, await ServerAddresses.TryEachAsync(["a", "b", "c", "d"], url =>
        {
            log.Add(url);
            return url == alive ? Task.FromResult(url) : throw new ApiException(400, "dead");
        }, default));
        Assert.Equal(asked, string.Join(' ', log));
    }

    [Theory]
    [InlineData("refused", "refused", "refused")]
    [InlineData("refused", "no route", "a: refused\nb: no route")]
    public async Task EveryErrorIsTold(string one, string two, string words)
    {
        var error = await Assert.ThrowsAsync<ApiException>(() => ServerAddresses.TryEachAsync<string>(["a", "b"], url => throw new ApiException(400, url == "a" ? one : two), default));
        Assert.Equal(words, error.Message);
    }

    [Fact]
    public async Task WhoGaveUpIsNotKeptWaiting()
    {
        using var cancel = new CancellationTokenSource();
        var asked = 0;
        await Assert.ThrowsAsync<ApiException>(() => ServerAddresses.TryEachAsync<string>(["a", "b"], _ =>
        {
            asked++;
            cancel.Cancel();
            throw new ApiException(400, "gone");
        }, cancel.Token));
        Assert.Equal(1, asked);
    }
}
