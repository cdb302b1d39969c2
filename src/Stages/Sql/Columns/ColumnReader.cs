using System.ComponentModel.DataAnnotations.Schema;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using StreamEngine.Diagnostics;

namespace StreamEngine.Sql.Columns;

/// <summary>
/// Reads from a type which columns it has: its public properties in the order of the constructor, names in snake case;
/// <c>[Column("name", TypeName = "type")]</c> and <c>[NotMapped]</c> say otherwise.
/// </summary>
internal static partial class ColumnReader
{
    /// <summary>The column of a value that has no properties but is one itself.</summary>
    public const string ScalarName = "value";

    private const int TupleLengthMax = 7;

    /// <summary>The columns of a type of values.</summary>
    /// <exception cref="EngineException">It has none, or one that no column can hold.</exception>
    public static IReadOnlyList<ColumnSpec> OfValue(Type type)
    {
        if (StoredTypes.Of(type) is not null) return [new ColumnSpec(ScalarName, null, type, type.Name) { IsNullable = Nullable.GetUnderlyingType(type) is not null }];
        List<ColumnSpec> columns = [.. Properties(type).Select(OfProperty)];
        if (columns.Count == 0)
        {
            throw new EngineException(
                ErrorDomain.User, $"type {type.Name} has no public property, so a table of it has no column", "Write values of a type with properties, such as a record.");
        }

        CheckDistinct(columns, type);
        return columns;
    }

    /// <summary>The parts of a type of keys under the names of columns: one for a scalar, else a tuple's or a record's in their order.</summary>
    /// <exception cref="EngineException">There are more or fewer parts than names, or one that no column can hold.</exception>
    public static IReadOnlyList<ColumnSpec> OfKey(Type type, IReadOnlyList<string> names)
    {
        if (StoredTypes.Of(type) is not null) return Named([new ColumnSpec("", null, type, $"key {type.Name}")], names, type);
        IEnumerable<MemberInfo> members = typeof(ITuple).IsAssignableFrom(type) && type.IsValueType
            ? type.GetFields().Take(TupleLengthMax + 1).OrderBy(field => field.Name, StringComparer.Ordinal)
            : Properties(type);
        return Named([.. members.Select(member => new ColumnSpec("", member, TypeOf(member), $"key {type.Name}.{member.Name}"))], names, type);
    }

    /// <summary>Whether a text can be the type of a column, and nothing else of SQL.</summary>
    public static bool IsDeclaredType(string text) => DeclaredTypes().IsMatch(text);

    private static List<ColumnSpec> Named(List<ColumnSpec> parts, IReadOnlyList<string> names, Type type)
    {
        if (parts.Count != names.Count || parts.Count > TupleLengthMax)
        {
            throw new EngineException(
                ErrorDomain.User,
                $"the records' keys ({type.Name}) have {parts.Count} parts, and {names.Count} key columns are named: {string.Join(", ", names)}",
                $"Name one column for each part of the key, at most {TupleLengthMax}, or choose the key from the value: key: x => new {{ x.A, x.B }}.");
        }

        foreach (ColumnSpec part in parts) Check(part);
        return [.. parts.Zip(names, (part, name) => part with { Name = name })];
    }

    private static ColumnSpec OfProperty(PropertyInfo property)
    {
        ColumnAttribute? attribute = property.GetCustomAttribute<ColumnAttribute>();
        var column = new ColumnSpec(attribute?.Name ?? SnakeCase.Of(property.Name), property, property.PropertyType, $"{property.DeclaringType!.Name}.{property.Name}")
        {
            DeclaredType = attribute?.TypeName,
            IsNullable = property.PropertyType.IsValueType
                ? Nullable.GetUnderlyingType(property.PropertyType) is not null
                : new NullabilityInfoContext().Create(property).ReadState != NullabilityState.NotNull,
        };
        Check(column);
        if (column.DeclaredType is { } declared && !IsDeclaredType(declared))
        {
            throw new EngineException(
                ErrorDomain.User, $"{column.Path}: '{declared}' is no name of a column's type", "Write a type such as TEXT, varchar(20) or numeric(10,2).");
        }

        return column;
    }

    private static void Check(ColumnSpec column)
    {
        if (StoredTypes.Of(column.Type) is not null) return;
        throw new EngineException(
            ErrorDomain.User,
            $"{column.Path} is a {column.Type.Name}, which no column can hold; columns hold {StoredTypes.Names}, nullable or not",
            "Select a value whose properties are of these types before the sink, or leave the property out with [NotMapped].");
    }

    private static void CheckDistinct(List<ColumnSpec> columns, Type type)
    {
        foreach (IGrouping<string, ColumnSpec> same in columns.GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            throw new EngineException(
                ErrorDomain.User,
                $"{same.Count()} properties of {type.Name} are called {same.Key} as columns: {string.Join(", ", same.Select(column => column.Path))}",
                "Give one of them another name with [Column(\"name\")], or leave it out with [NotMapped].");
        }
    }

    private static IEnumerable<PropertyInfo> Properties(Type type)
    {
        PropertyInfo[] properties =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
                .Where(property => property.GetCustomAttribute<NotMappedAttribute>() is null),
        ];
        string?[] order =
        [
            .. type.GetConstructors().OrderByDescending(constructor => constructor.GetParameters().Length)
                .Select(constructor => constructor.GetParameters().Select(parameter => parameter.Name).ToArray())
                .FirstOrDefault(names => names.All(name => properties.Any(property => property.Name == name))) ?? [],
        ];
        return properties
            .OrderBy(property => Array.IndexOf(order, property.Name) is >= 0 and var at ? at : int.MaxValue)
            .ThenBy(property => property.MetadataToken);
    }

    private static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]*( [A-Za-z][A-Za-z0-9_]*)*( ?\([0-9]+(, ?[0-9]+)?\))?\z", RegexOptions.NonBacktracking)]
    private static partial Regex DeclaredTypes();
}
