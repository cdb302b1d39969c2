using System.Linq.Expressions;
using System.Reflection;

namespace StreamEngine.Sql.Columns;

/// <summary>Compiles the accessors of columns once, so that reading a value costs a call, without boxing.</summary>
internal static class ColumnCompiler
{
    private static readonly MethodInfo TypedMethod = typeof(ColumnCompiler).GetMethod(nameof(Typed), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>A column whose values lie in a field of the rows, or in a member of what lies there.</summary>
    /// <param name="spec">The column.</param>
    /// <param name="field">The field of the rows: key or value.</param>
    /// <param name="dialect">The database's.</param>
    public static Column<TRow> Compile<TRow>(ColumnSpec spec, string field, SqlDialect dialect) =>
        (Column<TRow>)TypedMethod.MakeGenericMethod(typeof(TRow), spec.Stored).Invoke(null, [spec, field, dialect])!;

    private static Column<TRow, TStored> Typed<TRow, TStored>(ColumnSpec spec, string field, SqlDialect dialect)
    {
        ParameterExpression row = Expression.Parameter(typeof(TRow).MakeByRefType(), "row");
        ParameterExpression stored = Expression.Parameter(typeof(TStored).MakeByRefType(), "stored");
        Expression whole = Expression.Field(row, field);
        Expression read = spec.Member is null ? whole : Expression.MakeMemberAccess(whole, spec.Member);
        ParameterExpression value = Expression.Variable(read.Type, "value");
        Type? underlying = Nullable.GetUnderlyingType(read.Type);

        Expression bare = underlying is null ? value : Expression.Call(value, nameof(Nullable<int>.GetValueOrDefault), Type.EmptyTypes);
        Expression take = Expression.Block(Expression.Assign(stored, Convert(bare, typeof(TStored), dialect.TicksKept)), Expression.Constant(true));
        Expression body = underlying is not null ? IfNot(Expression.Property(value, nameof(Nullable<int>.HasValue)), stored, take)
            : read.Type.IsValueType ? take
            : IfNot(Expression.ReferenceNotEqual(value, Expression.Constant(null, read.Type)), stored, take);
        var lambda = Expression.Lambda<ColumnGetter<TRow, TStored>>(Expression.Block([value], Expression.Assign(value, read), body), row, stored);
        return new Column<TRow, TStored>(spec, lambda.Compile(), dialect.CheckOf<TStored>(spec));
    }

    private static ConditionalExpression IfNot(Expression hasValue, ParameterExpression stored, Expression take) => Expression.Condition(
        hasValue, take, Expression.Block(Expression.Assign(stored, Expression.Default(stored.Type)), Expression.Constant(false)));

    private static Expression Convert(Expression value, Type stored, long ticks)
    {
        Expression unit = Expression.Constant(ticks);
        if (value.Type.IsEnum) return Expression.Call(typeof(EnumText<>).MakeGenericType(value.Type), nameof(EnumText<DayOfWeek>.Of), null, value);
        if (value.Type == typeof(DateTime)) return Expression.Call(typeof(Times), nameof(Times.Plain), null, value, unit);
        if (value.Type == typeof(DateTimeOffset)) return Expression.Call(typeof(Times), nameof(Times.Instant), null, value, unit);
        if (value.Type == typeof(TimeOnly)) return Expression.Call(typeof(Times), nameof(Times.Time), null, value, unit);
        if (value.Type == typeof(TimeSpan)) return Expression.Call(typeof(Times), nameof(Times.Interval), null, value, unit);
        return value.Type == stored ? value : Expression.Convert(value, stored);
    }
}
