using System.Text;

namespace StreamEngine.Sql.Columns;

/// <summary>Names of columns from names of properties: <c>OrderId</c> is <c>order_id</c>, <c>HTTPStatus</c> is <c>http_status</c>.</summary>
internal static class SnakeCase
{
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (int n = 0; n < name.Length; n++)
        {
            char c = name[n];
            bool isStart = char.IsUpper(c) && n > 0 && name[n - 1] != '_' && (!char.IsUpper(name[n - 1]) || (n + 1 < name.Length && char.IsLower(name[n + 1])));
            if (isStart) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
