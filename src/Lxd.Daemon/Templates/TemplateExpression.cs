using System.Globalization;
using System.Text.RegularExpressions;
using Lxd.Core;

namespace Lxd.Daemon.Templates;

/// <summary>Expressions of templates: members, texts, numbers, calls, filters, comparisons, <c>not</c>, <c>and</c>, <c>or</c>, <c>in</c>.</summary>
internal sealed partial class TemplateExpression
{
    private const int Deepest = 100;
    private readonly List<string> _words;
    private readonly IReadOnlyDictionary<string, object?> _scope;
    private int _at;
    private int _depth;

    private TemplateExpression(string text, IReadOnlyDictionary<string, object?> scope)
    {
        _words = [.. WordPattern().Matches(text).Select(m => m.Value)];
        _scope = scope;
    }

    public static object? Evaluate(string text, IReadOnlyDictionary<string, object?> scope)
    {
        var expression = new TemplateExpression(text, scope);
        var value = expression.Or();
        return expression._at == expression._words.Count ? value : throw Wrong(text);
    }

    private static ApiException Wrong(string text) => ApiException.BadRequest($"Failed to render template: Unexpected \"{text}\"");

    private object? Or()
    {
        Deeper();
        var value = And();
        while (Take("or") || Take("||"))
        {
            var other = And();
            value = TemplateValue.IsTrue(value) || TemplateValue.IsTrue(other);
        }

        _depth--;
        return value;
    }

    /// <summary>Each level takes a piece of the stack, which ends.</summary>
    private void Deeper()
    {
        if (++_depth > Deepest)
        {
            throw ApiException.BadRequest("Failed to render template: An expression is nested too deeply");
        }
    }

    private object? And()
    {
        var value = Not();
        while (Take("and") || Take("&&"))
        {
            var other = Not();
            value = TemplateValue.IsTrue(value) && TemplateValue.IsTrue(other);
        }

        return value;
    }

    private object? Not()
    {
        var nots = 0;
        for (; Take("not") || Take("!"); nots++)
        {
        }

        var value = Comparison();
        return nots == 0 ? value : TemplateValue.IsTrue(value) == (nots % 2 == 0);
    }

    private object? Comparison()
    {
        var value = Filtered();
        if (Take("=="))
        {
            return TemplateValue.Same(value, Filtered());
        }

        if (Take("!=") || Take("<>"))
        {
            return !TemplateValue.Same(value, Filtered());
        }

        if (Take("in"))
        {
            return Filtered() switch
            {
                IReadOnlyDictionary<string, object?> map => map.ContainsKey(TemplateValue.Text(value)),
                IEnumerable<string> list => list.Contains(TemplateValue.Text(value)),
                var text => TemplateValue.Text(text).Contains(TemplateValue.Text(value), StringComparison.Ordinal),
            };
        }

        return value;
    }

    private object? Filtered()
    {
        var value = Primary();
        while (Take("|"))
        {
            var name = Next();
            value = TemplateValue.Filter(value, name, Take(":") ? Primary() : null);
        }

        return value;
    }

    private object? Primary()
    {
        var word = Next();
        if (word == "(")
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        if (word[0] is '"' or '\'')
        {
            return word[1..^1].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal);
        }

        if (char.IsAsciiDigit(word[0]))
        {
            return long.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(word);
        }

        return word switch
        {
            "true" or "True" => true,
            "false" or "False" => false,
            "none" or "None" or "nil" => null,
            _ => Members(_scope.GetValueOrDefault(word)),
        };
    }

    private object? Members(object? value)
    {
        while (true)
        {
            if (Take("."))
            {
                value = TemplateValue.Member(value, Next());
            }
            else if (Take("["))
            {
                value = TemplateValue.Member(value, TemplateValue.Text(Or()));
                Expect("]");
            }
            else if (Take("("))
            {
                var arguments = new List<object?>();
                while (!Take(")"))
                {
                    arguments.Add(Or());
                    Take(",");
                }

                value = value is Func<List<object?>, object?> function ? function(arguments) : throw Wrong("(");
            }
            else
            {
                return value;
            }
        }
    }

    private string Next() => _at < _words.Count ? _words[_at++] : throw Wrong("end");

    private bool Take(string word)
    {
        if (_at < _words.Count && _words[_at] == word)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Expect(string word)
    {
        if (!Take(word))
        {
            throw Wrong(_at < _words.Count ? _words[_at] : "end");
        }
    }

    [GeneratedRegex("""'[^']*'|"(?:[^"\\]|\\.)*"|==|!=|<>|&&|\|\||[A-Za-z_][A-Za-z0-9_]*|[0-9]+|\S""")]
    private static partial Regex WordPattern();
}
