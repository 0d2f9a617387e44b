namespace Lxd.Daemon.Acme;

/// <summary>How long an authority is waited for altogether; it says itself when to ask again, or is asked at growing intervals.</summary>
/// <param name="delay">Lets the time pass.</param>
internal sealed class AcmePatience(TimeSpan most, Func<TimeSpan, CancellationToken, Task> delay)
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(5);
    private TimeSpan _left = most;
    private TimeSpan _step = TimeSpan.FromMilliseconds(250);

    /// <param name="asked">What the authority asked for.</param>
    public async Task WaitAsync(TimeSpan? asked, CancellationToken ct)
    {
        var wait = asked > TimeSpan.Zero ? asked.Value : _step;
        _step = _step * 2 < LongestStep ? _step * 2 : LongestStep;
        if (wait > _left)
        {
            throw new AcmeException("The certificate authority has not decided in time", retryAfter: asked);
        }

        _left -= wait;
        await delay(wait, ct).ConfigureAwait(false);
    }
}
