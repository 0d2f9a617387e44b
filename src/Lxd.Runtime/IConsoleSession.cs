namespace Lxd.Runtime;

/// <summary>An attached console; disposing it detaches.</summary>
public interface IConsoleSession : IAsyncDisposable
{
    /// <summary>Reads what the console shows, writes what is typed; ends when the instance stops.</summary>
    Stream Terminal { get; }

    void Resize(int width, int height);
}
