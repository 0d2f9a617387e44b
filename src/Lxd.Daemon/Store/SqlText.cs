namespace Lxd.Daemon.Store;

/// <summary>Takes apart what an administrator types.</summary>
internal static class SqlText
{
    /// <summary>The statements between semicolons; those within quotes do not count.</summary>
    public static List<string> Split(string text)
    {
        var statements = new List<string>();
        var begin = 0;
        var quote = '\0';
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] == ';' && quote == '\0')
            {
                if (text[begin..i].Trim() is { Length: > 0 } statement)
                {
                    statements.Add(statement);
                }

                begin = i + 1;
            }
            else if (quote != '\0')
            {
                quote = text[i] == quote ? '\0' : quote;
            }
            else if (text[i] is '\'' or '"' or '`')
            {
                quote = text[i];
            }
        }

        return statements;
    }

    /// <summary>Whether a statement answers with rows.</summary>
    public static bool Asks(string statement) => Array.Exists(["SELECT", "PRAGMA", "EXPLAIN", "WITH", "VALUES"], w => statement.StartsWith(w, StringComparison.OrdinalIgnoreCase));
}
