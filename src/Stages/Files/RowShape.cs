using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using CsvHelper;
using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>Makes a value of the record that a parser stands on.</summary>
/// <param name="reader">The parser.</param>
/// <param name="indexes">The column of each member; -1 where there is none.</param>
/// <param name="defaults">What members without a column get.</param>
internal delegate T BindRow<out T>(CsvReader reader, int[] indexes, object?[] defaults);

/// <summary>A constructor's parameter or a property that takes a field.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cell">How a field becomes its value.</param>
/// <param name="Setter">Sets a property; null for a parameter.</param>
/// <param name="IsOptional">Whether its column may be missing.</param>
/// <param name="Default">What a parameter gets then.</param>
internal sealed record RowMember(string Name, Cell Cell, MethodInfo? Setter, bool IsOptional, object? Default);

/// <summary>
/// How a type is made of the columns of a file: by its constructor with the most parameters, and by those settable properties that aren't parameters.
/// </summary>
/// <remarks>The code that binds is emitted directly: a compiled expression takes some 50 ms longer until the first record.</remarks>
internal sealed class RowShape<T>
{
    private RowShape(IReadOnlyList<RowMember> members, IReadOnlyList<string> columns, int[] indexes, BindRow<T> bind)
    {
        Members = members;
        Columns = columns;
        Indexes = indexes;
        Defaults = [.. members.Select(member => member.Default)];
        Bind = bind;
    }

    /// <summary>What takes fields.</summary>
    public IReadOnlyList<RowMember> Members { get; }

    /// <summary>The names of the file's columns; without a header those of the members.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The column of each member.</summary>
    public int[] Indexes { get; }

    /// <summary>What members without a column get.</summary>
    public object?[] Defaults { get; }

    /// <summary>Makes a value.</summary>
    public BindRow<T> Bind { get; }

    /// <summary>Whether it was made for these columns.</summary>
    public bool Fits(IReadOnlyList<string> columns) => columns.Count == 0 || Columns.SequenceEqual(columns);

    /// <summary>How the type is made of a file's records.</summary>
    /// <param name="file">How errors name the file.</param>
    /// <param name="columns">Its columns; none where it has no header.</param>
    /// <param name="hasHeader">Whether it has one.</param>
    /// <exception cref="EngineException">A column is missing, or there twice; or the type can't be made of fields at all.</exception>
    public static RowShape<T> Of(string file, IReadOnlyList<string> columns, bool hasHeader)
    {
        if (Cell.Of(typeof(T)) is { } single) return Single(file, columns, single, hasHeader);
        ConstructorInfo? constructor = typeof(T).GetConstructors().Where(c => !IsCopy(c)).MaxBy(c => c.GetParameters().Length);
        if (typeof(T).IsAbstract || (constructor is null && !typeof(T).IsValueType)) throw Unsupported($"{typeof(T).Name} has no public constructor");
        List<RowMember> members = MembersOf(constructor);
        if (members.Count == 0) throw Unsupported($"{typeof(T).Name} has neither parameters of its constructor nor settable properties");
        int[] indexes = hasHeader ? [.. members.Select(member => IndexOf(file, member, columns))] : [.. Enumerable.Range(0, members.Count)];
        return new RowShape<T>(members, hasHeader ? columns : [.. members.Select(member => member.Name)], indexes, Emit(constructor, members, indexes));
    }

    private static RowShape<T> Single(string file, IReadOnlyList<string> columns, Cell cell, bool hasHeader)
    {
        if (hasHeader && columns.Count != 1) throw Unsupported($"{file} has {columns.Count} columns, and a {cell.Description} takes one");
        var read = (Func<CsvReader, int, T>)cell.Read;
        return new RowShape<T>([new RowMember("value", cell, null, false, null)], hasHeader ? columns : ["value"], [0], (reader, _, _) => read(reader, 0));
    }

    private static bool IsCopy(ConstructorInfo constructor) => constructor.GetParameters() is [{ } only] && only.ParameterType == typeof(T);

    private static List<RowMember> MembersOf(ConstructorInfo? constructor)
    {
        var members = new List<RowMember>();
        var nullability = new NullabilityInfoContext();
        foreach (ParameterInfo parameter in constructor?.GetParameters() ?? [])
        {
            Cell cell = CellOf(parameter.Name!, parameter.ParameterType);
            object? otherwise = parameter.HasDefaultValue ? DefaultOf(parameter) : null;
            members.Add(new RowMember(parameter.Name!, cell, null, parameter.HasDefaultValue, otherwise));
        }

        HashSet<string> taken = [.. members.Select(member => ColumnNames.Normalize(member.Name))];
        foreach (PropertyInfo property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is not { IsPublic: true } setter || property.GetIndexParameters().Length > 0) continue;
            if (property.IsDefined(typeof(CsvIgnoreAttribute)) || taken.Contains(ColumnNames.Normalize(property.Name))) continue;
            bool isRequired = property.IsDefined(typeof(RequiredMemberAttribute));
            bool mayBeNull = nullability.Create(property).WriteState == NullabilityState.Nullable;
            members.Add(new RowMember(property.Name, CellOf(property.Name, property.PropertyType), setter, mayBeNull && !isRequired, null));
        }

        return members;
    }

    private static object? DefaultOf(ParameterInfo parameter)
    {
        Type? nullable = Nullable.GetUnderlyingType(parameter.ParameterType);
        Type type = nullable ?? parameter.ParameterType;
        if (parameter.DefaultValue is not { } value) return nullable is null && type.IsValueType ? RuntimeHelpers.GetUninitializedObject(type) : null;
        return type.IsEnum ? Enum.ToObject(type, value) : value;
    }

    private static Cell CellOf(string member, Type type) => Cell.Of(type) ?? throw Unsupported($"{typeof(T).Name}.{member} is a {type.Name}, which no field can be read as");

    private static int IndexOf(string file, RowMember member, IReadOnlyList<string> columns)
    {
        string wanted = ColumnNames.Normalize(member.Name);
        int[] found = [.. Enumerable.Range(0, columns.Count).Where(index => ColumnNames.Normalize(columns[index]) == wanted)];
        if (found.Length == 1) return found[0];
        if (found.Length == 0 && member.IsOptional) return -1;
        string problem = found.Length == 0
            ? $"no column {member.Name}, which {typeof(T).Name} needs"
            : $"{found.Length} columns {member.Name}";
        string near = found.Length == 0 && ColumnNames.Nearest(member.Name, columns) is { } nearest ? $"; did you mean {BadRecordException.Shown(nearest)}?" : "";
        throw new EngineException(
            ErrorDomain.User,
            $"{file} has {problem}{near} Its columns are {ColumnNames.Listed(columns)}",
            $"Name the member after its column, give the parameter a default value or make the property nullable if the column may be missing, or mend the file's header.");
    }

    private static EngineException Unsupported(string what) => new(
        ErrorDomain.User,
        $"CSV records can't be read as {typeof(T).Name}: {what}",
        "Use a record whose members are strings, numbers, bools, dates, times, GUIDs or enums; leave properties out with [CsvIgnore].");

    private static BindRow<T> Emit(ConstructorInfo? constructor, List<RowMember> members, int[] indexes)
    {
        // Types of users need not be public.
        var method = new DynamicMethod($"Bind{typeof(T).Name}", typeof(T), [typeof(CsvReader), typeof(int[]), typeof(object?[])], typeof(RowShape<T>).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        LocalBuilder made = il.DeclareLocal(typeof(T));
        for (int n = 0; n < members.Count && members[n].Setter is null; n++) EmitValue(il, members[n], n, indexes[n]);
        if (constructor is not null)
        {
            il.Emit(OpCodes.Newobj, constructor);
            il.Emit(OpCodes.Stloc, made);
        }

        for (int n = 0; n < members.Count; n++)
        {
            if (members[n].Setter is not { } setter || indexes[n] < 0) continue;
            il.Emit(typeof(T).IsValueType ? OpCodes.Ldloca : OpCodes.Ldloc, made);
            EmitValue(il, members[n], n, indexes[n]);
            il.Emit(typeof(T).IsValueType ? OpCodes.Call : OpCodes.Callvirt, setter);
        }

        il.Emit(OpCodes.Ldloc, made);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<BindRow<T>>();
    }

    private static void EmitValue(ILGenerator il, RowMember member, int number, int index)
    {
        if (index < 0)
        {
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldc_I4, number);
            il.Emit(OpCodes.Ldelem_Ref);
            il.Emit(OpCodes.Unbox_Any, member.Cell.Type);
            return;
        }

        il.Emit(OpCodes.Ldsfld, member.Cell.ReadField);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4, number);
        il.Emit(OpCodes.Ldelem_I4);
        il.Emit(OpCodes.Callvirt, member.Cell.ReadField.FieldType.GetMethod("Invoke")!);
    }
}
