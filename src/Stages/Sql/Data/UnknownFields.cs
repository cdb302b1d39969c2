using StreamEngine.Records.Data;

namespace StreamEngine.Sql.Data;

/// <summary>Finds fields of records that no column takes. Fields are looked at by their own names: what lies in an object that is taken from is known.</summary>
internal sealed class UnknownFields(string table, IEnumerable<DataPath> taken)
{
    private readonly HashSet<string> known = [.. taken.Select(path => path.Steps.First().Name!)];

    // Records that come from one place share their shape. Tasks may look at it at once: any shape that was good is good.
    private volatile DataShape? good;

    /// <summary>Refuses a record that has one.</summary>
    /// <exception cref="DataException">It has.</exception>
    public void Check(DataObject value)
    {
        if (ReferenceEquals(value.Shape, good)) return;
        foreach (string name in value.Shape.Names)
        {
            if (known.Contains(name)) continue;
            throw new DataException($"field {name} has no column in {table}, and unknown = fail: name it in columns, drop it before the sink, or say unknown = ignore");
        }

        good = value.Shape;
    }
}
