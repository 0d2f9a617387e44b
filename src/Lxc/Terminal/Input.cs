using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxc.Terminal;

/// <summary>What comes on standard input besides keys.</summary>
internal static class Input
{
    /// <summary>All of a file or pipe; empty where standard input is a terminal or nothing.</summary>
    public static string ReadPiped() => Console.IsInputRedirected ? Console.In.ReadToEnd() : "";

    /// <summary>A YAML map of standard input; empty where there is none.</summary>
    public static JsonObject Yaml()
    {
        var text = ReadPiped();
        return text.Trim().Length == 0 ? [] : ParseYaml(text) as JsonObject ?? throw new ApiException(0, "yaml: standard input is no map");
    }

    public static JsonNode? ParseYaml(string text)
    {
        try
        {
            return Lxd.Core.Yaml.Parse(text);
        }
        catch (ApiException e)
        {
            throw new ApiException(0, "yaml: " + (e.InnerException?.Message ?? e.Message), e);
        }
    }

    /// <summary>Asks and reads one line; <paramref name="other"/> for an empty one.</summary>
    public static string Ask(string question, string other = "")
    {
        Console.Error.Write(question);
        return Console.In.ReadLine() is { Length: > 0 } line ? line.Trim() : other;
    }

    public static string AskSecret(string question)
    {
        Console.Error.Write(question);
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() ?? "";
        }

        var text = "";
        while (Console.ReadKey(true) is var key && key.Key != ConsoleKey.Enter)
        {
            text = key.Key == ConsoleKey.Backspace ? text[..Math.Max(0, text.Length - 1)] : text + key.KeyChar;
        }

        Console.Error.WriteLine();
        return text;
    }
}
