using System.Linq.Expressions;
using System.Reflection;
using StreamEngine.Diagnostics;

namespace StreamEngine.Sql.Columns;

/// <summary>Reads which properties a selector names: <c>x => x.Id</c>, <c>x => new { x.Airport, x.Day }</c>.</summary>
internal static class KeySelector
{
    /// <summary>The properties in their order.</summary>
    /// <exception cref="EngineException">The selector does more than name properties.</exception>
    public static IReadOnlyList<MemberInfo> Members(LambdaExpression selector)
    {
        Expression body = selector.Body is UnaryExpression { NodeType: ExpressionType.Convert } convert ? convert.Operand : selector.Body;
        IEnumerable<Expression> parts = body is NewExpression made ? made.Arguments : [body];
        return
        [
            .. parts.Select(part => part is MemberExpression { Member: PropertyInfo property } member && member.Expression == selector.Parameters[0]
                ? property
                : throw new EngineException(
                    ErrorDomain.User,
                    $"the key {selector} does more than name properties: {part}",
                    "Name properties only: key: x => x.Id, or key: x => new { x.Airport, x.Day }. What is computed belongs into a Select before the sink.")),
        ];
    }
}
