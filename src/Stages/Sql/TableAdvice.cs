namespace StreamEngine.Sql;

/// <summary>What errors tell to do, in the terms in which the author of a pipeline said what the table is.</summary>
internal abstract class TableAdvice
{
    /// <summary>To authors of C#.</summary>
    public static TableAdvice Code { get; } = new ForCode();

    /// <summary>To authors of pipelines without code.</summary>
    public static TableAdvice Options { get; } = new ForOptions();

    /// <summary>The table doesn't exist, and isn't to be made.</summary>
    public abstract string NoTable { get; }

    /// <summary>The table has no such column.</summary>
    /// <param name="type">The type that the column would have.</param>
    public abstract string NoColumn(string type);

    /// <summary>The column is not to be written.</summary>
    public abstract string LeaveOut { get; }

    /// <summary>The column's type doesn't keep the values.</summary>
    /// <param name="type">One that does.</param>
    public abstract string OtherType(string type);

    /// <summary>The rows have nothing for a column that needs a value.</summary>
    public abstract string NoValue { get; }

    /// <summary>The key is to come from the records' keys, and there are none.</summary>
    public abstract string NoKeys { get; }

    /// <summary>A tombstone came where rows are only appended, as the end of a sentence.</summary>
    public abstract string TombstoneAppended { get; }

    /// <summary>A tombstone came where the key is in the values, as the end of a sentence.</summary>
    /// <param name="keys">The key's columns.</param>
    public abstract string TombstoneKeyed(IEnumerable<string> keys);

    private sealed class ForCode : TableAdvice
    {
        public override string NoTable => "Make it, or leave create: false out, and the sink makes it.";

        public override string LeaveOut => "Leave the property out with [NotMapped].";

        public override string NoValue => "Give the column a default, allow it to be null, or give the rows a property for it.";

        public override string NoKeys => "Give the stream a key with KeyBy, or choose the key from the value: key: x => new { x.A, x.B }.";

        public override string TombstoneAppended => "leave tombstones out before the sink, or name key columns";

        public override string NoColumn(string type) =>
            $"Add the column ({type}), name the one there is with [Column(\"name\")], or leave the property out with [NotMapped].";

        public override string OtherType(string type) => $"Make the column {type}, or give the property a type that it keeps.";

        public override string TombstoneKeyed(IEnumerable<string> keys) =>
            $"leave tombstones out before the sink, or take the key from the records' keys: key: [\"{string.Join("\", \"", keys)}\"]";
    }

    private sealed class ForOptions : TableAdvice
    {
        public override string NoTable => "Make it, or say create = true, and the sink makes it.";

        public override string LeaveOut => "Leave the column out of columns.";

        public override string NoValue => "Give the column a default, allow it to be null, or name it in columns.";

        public override string NoKeys => "Give the stream a key with the transform key, or say key-from = value.";

        public override string TombstoneAppended => "drop tombstones before the sink, or name key columns and say key-from = record-key";

        public override string NoColumn(string type) => $"Add the column ({type}) to the table, or name in columns the one that is there: name {{ type = ..., from = FIELD }}.";

        public override string OtherType(string type) => $"Make the table's column {type}, or give the column another type in columns.";

        public override string TombstoneKeyed(IEnumerable<string> keys) => "drop tombstones before the sink, or take the key from the records' keys: key-from = record-key";
    }
}
