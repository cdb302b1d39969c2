using System.Reflection;
using CsvHelper;

namespace StreamEngine.Files;

/// <summary>How a field becomes a value of a type.</summary>
internal abstract class Cell
{
    /// <summary>The type.</summary>
    public abstract Type Type { get; }

    /// <summary>The type for people: <c>Int32</c>, <c>Color (Red, Green)</c>.</summary>
    public abstract string Description { get; }

    /// <summary>A <c>Func&lt;CsvReader, int, T&gt;</c>.</summary>
    public abstract Delegate Read { get; }

    /// <summary>The static field that holds <see cref="Read"/>, for emitted code.</summary>
    public abstract FieldInfo ReadField { get; }

    /// <summary>The cell of a type; null when no field can be read as it.</summary>
    public static Cell? Of(Type type)
    {
        var cell = (Cell)Activator.CreateInstance(typeof(Cell<>).MakeGenericType(type))!;
        return cell.IsSupported ? cell : null;
    }

    /// <summary>Whether a field can be read.</summary>
    public abstract bool TryRead(CsvReader reader, int index);

    /// <summary>Whether fields can be read as it at all.</summary>
    protected abstract bool IsSupported { get; }
}

/// <summary>How a field becomes a value of a type.</summary>
internal sealed class Cell<T> : Cell
{
    /// <summary>Reads the field of that index; null when none can be read as this type.</summary>
    public static readonly Func<CsvReader, int, T>? Reader = (Func<CsvReader, int, T>?)CellReaders.Find(typeof(T));

    public override Type Type => typeof(T);

    public override string Description
    {
        get
        {
            Type type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
            return type.IsEnum ? $"{type.Name} ({string.Join(", ", Enum.GetNames(type).Take(12))})" : type.Name;
        }
    }

    public override Delegate Read => Reader!;

    public override FieldInfo ReadField => typeof(Cell<T>).GetField(nameof(Reader))!;

    protected override bool IsSupported => Reader is not null;

    public override bool TryRead(CsvReader reader, int index)
    {
        try
        {
            Reader!(reader, index);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return false;
        }
    }
}
