using System.Text;
using StreamEngine.Diagnostics;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql;

/// <summary>In what databases differ where tables are described and written.</summary>
internal abstract class SqlDialect
{
    /// <summary>The database's name, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>The finest unit of time that it keeps, in ticks of 100 ns.</summary>
    public abstract long TicksKept { get; }

    /// <summary>The longest name of a table or a column, in bytes of UTF-8.</summary>
    protected abstract int NameBytesMax { get; }

    /// <summary>The type of a column in a table that is made here.</summary>
    public abstract string TypeOf(ColumnKind kind);

    /// <summary>What finds out whether a value of a column can be held; null where every value can.</summary>
    public abstract Func<TStored, string?>? CheckOf<TStored>(ColumnSpec column);

    /// <summary>A name as SQL has it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Names as SQL has them, joined.</summary>
    public static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(Quote));

    /// <summary>Returns a name, or says why there can't be such a one.</summary>
    /// <exception cref="EngineException">It is empty, too long, or has characters that no text of the database can have.</exception>
    public string CheckName(string name, string what)
    {
        bool isText = name.Length > 0 && !name.Contains('\0', StringComparison.Ordinal) && TextCheck.IsUnicode(name);
        if (isText && Encoding.UTF8.GetByteCount(name) <= NameBytesMax) return name;
        throw new EngineException(
            ErrorDomain.User, $"'{name}' can't name {what} in {Name}", $"Names have 1 to {NameBytesMax} bytes of UTF-8, without a character 0.");
    }
}
