namespace Lxc.Completion;

internal static class Completer
{
    public static Task<int> RunAsync(string[] words, CancellationToken ct) => Task.FromResult(0);
}
