using System.Collections.Concurrent;

namespace Lxd.Daemon.Acme;

/// <summary>What authorities that ask under <c>/.well-known/acme-challenge</c> are told, for as long as they are expected.</summary>
internal sealed class ChallengeAnswers
{
    private readonly ConcurrentDictionary<string, string> _answers = new(StringComparer.Ordinal);

    public string? Find(string token) => _answers.GetValueOrDefault(token);

    /// <returns>Ends it.</returns>
    public IDisposable Give(string token, string answer)
    {
        _answers[token] = answer;
        return new Expected(this, token);
    }

    private sealed class Expected(ChallengeAnswers answers, string token) : IDisposable
    {
        public void Dispose() => answers._answers.TryRemove(token, out _);
    }
}
