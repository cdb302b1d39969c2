namespace StreamEngine.Records;

/// <summary>Bytes that are not what a serde expects, or a value that it can't write.</summary>
public class SerdeException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A tombstone (a null value) was read as a type that has no null.</summary>
public sealed class TombstoneException(Type type) : SerdeException(
    $"the record is a tombstone (its value is null), and {type.Name} has no null: make the type nullable ({type.Name}?), " +
    "or leave tombstones out before this stage");
