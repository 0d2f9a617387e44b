using System.Text;
using Lxd.Core;

namespace Lxd.Daemon.Templates;

/// <summary>Templates of images and of names: <c>{{ expression }}</c>, <c>{% if %}</c> with <c>elif</c> and <c>else</c>, <c>{% for %}</c>, <c>{% set %}</c>, <c>{% filter %}</c>,
/// <c>{# comment #}</c>. Nothing reads files.</summary>
internal sealed class Template
{
    /// <summary>A template that grows beyond this is hostile.</summary>
    public const int LargestResult = 16 << 20;

    /// <summary>Most work in characters read: loops in loops would go on for ever.</summary>
    private const int MostWork = 2 << 20;
    private readonly List<(char Kind, string Text)> _parts = [];
    private int _at;
    private long _work;

    private Template(string text) => Split(text);

    public static string Render(string text, IReadOnlyDictionary<string, object?> scope)
    {
        var template = new Template(text);
        var result = new StringBuilder();
        var stopped = template.Block(result, new Dictionary<string, object?>(scope), true, 0);
        return stopped.Length == 0 ? result.ToString() : throw ApiException.BadRequest($"Failed to render template: Unexpected \"{stopped}\"");
    }

    private void Split(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var open = Next(text, at);
            if (open < 0)
            {
                _parts.Add(('t', text[at..]));
                return;
            }

            if (open > at)
            {
                _parts.Add(('t', text[at..open]));
            }

            var kind = text[open + 1];
            var close = text.IndexOf(kind switch { '{' => "}}", '%' => "%}", _ => "#}" }, open + 2, StringComparison.Ordinal);
            if (close < 0)
            {
                throw ApiException.BadRequest("Failed to render template: A tag is not closed");
            }

            if (kind != '#')
            {
                _parts.Add((kind, text[(open + 2)..close].Trim('-').Trim()));
            }

            at = close + 2;
        }
    }

    private static int Next(string text, int from)
    {
        for (var i = text.IndexOf('{', from); i >= 0 && i + 1 < text.Length; i = text.IndexOf('{', i + 1))
        {
            if (text[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Renders until a tag that ends or continues the block around it, and returns that tag; empty at the end of the text.</summary>
    private string Block(StringBuilder result, Dictionary<string, object?> scope, bool live, int depth)
    {
        while (_at < _parts.Count)
        {
            var (kind, text) = _parts[_at++];
            _work += text.Length + scope.Count;
            if (depth > 50 || result.Length > LargestResult || _work > MostWork)
            {
                throw ApiException.BadRequest("Failed to render template: It is too large");
            }

            if (kind == 't' || kind == '{')
            {
                if (live)
                {
                    result.Append(kind == 't' ? text : TemplateValue.Text(TemplateExpression.Evaluate(text, scope)));
                }

                continue;
            }

            var (word, rest) = text.IndexOf(' ') is > 0 and var space ? (text[..space], text[(space + 1)..].Trim()) : (text, "");
            switch (word)
            {
                case "if":
                    If(rest, result, scope, live, depth);
                    break;
                case "for":
                    For(rest, result, scope, live, depth);
                    break;
                case "set" when rest.IndexOf('=') is > 0 and var equals:
                    scope[rest[..equals].Trim()] = live ? TemplateExpression.Evaluate(rest[(equals + 1)..], scope) : null;
                    break;
                case "filter":
                    Filter(rest, result, scope, live, depth);
                    break;
                case "include" or "import" or "extends" or "ssi":
                    throw ApiException.BadRequest($"Failed to render template: Usage of tag '{word}' is not allowed (sandbox restriction active)");
                case "elif" or "else" or "endif" or "endfor" or "endfilter" or "empty":
                    _at--;
                    return text;
                default:
                    throw ApiException.BadRequest($"Failed to render template: Unknown tag \"{word}\"");
            }
        }

        return "";
    }

    private void If(string condition, StringBuilder result, Dictionary<string, object?> scope, bool live, int depth)
    {
        var chosen = live && TemplateValue.IsTrue(TemplateExpression.Evaluate(condition, scope));
        var done = chosen;
        while (true)
        {
            var tag = Block(result, scope, chosen, depth + 1);
            _at++;
            if (tag == "endif")
            {
                return;
            }

            if (tag == "else")
            {
                chosen = live && !done;
            }
            else if (tag.StartsWith("elif ", StringComparison.Ordinal))
            {
                chosen = live && !done && TemplateValue.IsTrue(TemplateExpression.Evaluate(tag[5..], scope));
                done |= chosen;
            }
            else
            {
                throw ApiException.BadRequest("Failed to render template: An if is not ended");
            }
        }
    }

    private void For(string head, StringBuilder result, Dictionary<string, object?> scope, bool live, int depth)
    {
        var at = head.IndexOf(" in ", StringComparison.Ordinal);
        if (at < 0)
        {
            throw ApiException.BadRequest($"Failed to render template: Unexpected \"{head}\"");
        }

        var names = head[..at].Split(',', StringSplitOptions.TrimEntries);
        var items = live ? Items(TemplateExpression.Evaluate(head[(at + 4)..], scope)) : [];
        var body = _at;
        string tag;
        if (items.Count == 0)
        {
            tag = Block(result, scope, false, depth + 1);
        }
        else
        {
            tag = "";
            foreach (var (first, second) in items)
            {
                _at = body;
                var inner = new Dictionary<string, object?>(scope) { [names[0]] = first };
                if (names.Length > 1)
                {
                    inner[names[1]] = second;
                }

                tag = Block(result, inner, true, depth + 1);
            }
        }

        _at++;
        if (tag == "empty")
        {
            tag = Block(result, scope, live && items.Count == 0, depth + 1);
            _at++;
        }

        if (tag != "endfor")
        {
            throw ApiException.BadRequest("Failed to render template: A for is not ended");
        }
    }

    private void Filter(string filters, StringBuilder result, Dictionary<string, object?> scope, bool live, int depth)
    {
        const string Body = "filtered";
        var inner = new StringBuilder();
        if (Block(inner, scope, live, depth + 1) != "endfilter")
        {
            throw ApiException.BadRequest("Failed to render template: A filter is not ended");
        }

        _at++;
        if (live)
        {
            result.Append(TemplateValue.Text(TemplateExpression.Evaluate($"{Body}|{filters}", new Dictionary<string, object?> { [Body] = inner.ToString() })));
        }
    }

    private static List<(object? First, object? Second)> Items(object? value) => value switch
    {
        IReadOnlyDictionary<string, object?> map => [.. map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => ((object?)p.Key, p.Value))],
        IEnumerable<string> list => [.. list.Select(s => ((object?)s, (object?)null))],
        _ => [],
    };
}
