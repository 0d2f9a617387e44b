using System.Text.Json.Nodes;
using Lxd.Core.Api;

namespace Lxc.Output;

/// <summary>A line that tells how far an operation is, overwritten while it changes; nothing where nobody watches.</summary>
internal sealed class Progress(TextWriter output, bool silent)
{
    private int _width;

    public void Show(string text)
    {
        if (!silent)
        {
            output.Write("\r" + text.PadRight(_width));
            _width = text.Length;
        }
    }

    /// <summary>Clears the line.</summary>
    public void Done()
    {
        if (!silent && _width > 0)
        {
            output.Write("\r" + new string(' ', _width) + "\r");
            _width = 0;
        }
    }

    /// <summary>A stream that tells how much of it was read; the stream itself where nobody watches.</summary>
    /// <param name="total">Its length; 0 where it is not known.</param>
    public Stream Reading(Stream stream, long total, string prefix) => silent ? stream : new ProgressStream(stream, total, text => Show($"{prefix}: {text}"));

    /// <summary>Shows what an operation says of itself.</summary>
    public Action<Operation>? Of(string prefix) => silent ? null : operation =>
    {
        if (operation.Metadata is JsonObject metadata)
        {
            foreach (var (key, value) in metadata)
            {
                if (key.EndsWith("_progress", StringComparison.Ordinal) && value is JsonValue text)
                {
                    Show($"{prefix}: {text}");
                }
            }
        }
    };
}
