namespace Lxd.Runtime;

/// <summary>A command that runs inside. Disposing it kills what is left of it.</summary>
public interface IExecSession : IAsyncDisposable
{
    /// <summary>Its id on the host.</summary>
    int Pid { get; }

    /// <summary>Writes to the command's input; for an interactive one its terminal.</summary>
    Stream Input { get; }

    /// <summary>Its output, or the terminal. Ends when the command has ended, even where a child in the background still holds it.</summary>
    Stream Output { get; }

    /// <summary>Its errors; empty for an interactive one.</summary>
    Stream Error { get; }

    /// <summary>The exit code, 128 + signal for a killed one, 127 and 126 for a command that is not there or cannot run.</summary>
    Task<int> Exit { get; }

    void Resize(int width, int height);

    void Signal(int signal);
}
