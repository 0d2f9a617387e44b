using Lxd.Core;
using Microsoft.Data.Sqlite;

namespace Lxd.Daemon.Store;

internal sealed class SqliteTx(SqliteConnection connection, SqliteTransaction transaction) : ITx
{
    private const int ConstraintPrimaryKey = 1555;
    private const int ConstraintUnique = 2067;

    public ValueTask<Changed> ExecAsync(string sql, params object?[] args)
    {
        using var command = Command(sql, args);
        try
        {
            var rows = command.ExecuteNonQuery();
            using var last = connection.CreateCommand();
            last.Transaction = transaction;
            last.CommandText = "SELECT last_insert_rowid()";
            return ValueTask.FromResult(new Changed((long)(last.ExecuteScalar() ?? 0L), rows));
        }
        catch (SqliteException e) when (e.SqliteExtendedErrorCode is ConstraintUnique or ConstraintPrimaryKey)
        {
            throw new DuplicateRowException(e.Message, e);
        }
    }

    public ValueTask<List<T>> QueryAsync<T>(string sql, Func<IRow, T> map, params object?[] args)
    {
        using var command = Command(sql, args);
        using var reader = command.ExecuteReader();
        var row = new Row(reader);
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(row));
        }

        return ValueTask.FromResult(rows);
    }

    /// <summary>Named parameters are what the provider binds, so each <c>?</c> outside a literal becomes <c>?N</c>.</summary>
    private SqliteCommand Command(string sql, object?[] args)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = args.Length == 0 ? sql : Number(sql);
        for (var i = 0; i < args.Length; i++)
        {
            command.Parameters.AddWithValue("$p" + (i + 1), Bind(args[i]));
        }

        return command;
    }

    private static object Bind(object? value) => value switch
    {
        null => DBNull.Value,
        bool flag => flag ? 1L : 0L,
        DateTime time => time == default ? "0001-01-01T00:00:00Z" : GoTime.Format(time),
        Moment moment => moment.ToString(),
        _ => value,
    };

    private static string Number(string sql)
    {
        var text = new System.Text.StringBuilder(sql.Length + 16);
        var number = 0;
        var quoted = false;
        foreach (var c in sql)
        {
            quoted ^= c == '\'';
            if (c == '?' && !quoted)
            {
                text.Append("$p").Append(++number);
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private sealed class Row(SqliteDataReader reader) : IRow
    {
        public int Count => reader.FieldCount;

        public string Column(int index) => reader.GetName(index);

        public bool IsNull(int index) => reader.IsDBNull(index);

        public string Text(int index) => reader.IsDBNull(index) ? "" : reader.GetString(index);

        public long Long(int index) => reader.IsDBNull(index) ? 0 : reader.GetInt64(index);

        public DateTime Time(int index) => reader.IsDBNull(index) ? default : ParseTime(reader.GetString(index));

        public object? Value(int index) => reader.IsDBNull(index) ? null : reader.GetValue(index);

        private static DateTime ParseTime(string text) => text is "" or "0" ? default : GoTime.Parse(text);
    }
}
