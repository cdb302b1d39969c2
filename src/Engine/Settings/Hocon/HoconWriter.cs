using System.Text;

namespace StreamEngine.Settings.Hocon;

/// <summary>
/// Writes resolved values as HOCON, which reads again as the same values, here and by Akka's parser (which takes white space off both ends of every
/// text); or as JSON.
/// </summary>
internal sealed class HoconWriter
{
    private readonly StringBuilder text = new();
    private readonly List<string> path = [];
    private readonly HoconRendering rendering;

    private HoconWriter(HoconRendering rendering) => this.rendering = rendering;

    /// <summary>Writes an object without its outer braces, a line for each field.</summary>
    /// <param name="value">The object.</param>
    /// <param name="rendering">How; plain when left out.</param>
    public static string ToHocon(HoconObject value, HoconRendering? rendering = null)
    {
        var writer = new HoconWriter(rendering ?? HoconRendering.Plain);
        writer.WriteFields(value, 0);
        return writer.text.ToString();
    }

    /// <summary>Writes a value as JSON.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indented">Whether over several lines.</param>
    /// <param name="isSecret">Whether the value at a path is a secret.</param>
    public static string ToJson(HoconValue value, bool indented = false, Func<IReadOnlyList<string>, bool>? isSecret = null)
    {
        var writer = new HoconWriter(new HoconRendering { IsSecret = isSecret });
        writer.WriteJson(value, indented ? 0 : -1);
        return writer.text.ToString();
    }

    private bool IsSecret => path.Count > 0 && rendering.IsSecret?.Invoke(path) == true;

    private void WriteFields(HoconObject fields, int indent)
    {
        foreach (HoconField field in fields)
        {
            path.Add(field.Name);
            if (rendering.HasComments && field.Comment.Length > 0)
            {
                foreach (string line in field.Comment.Split('\n')) Indent(indent).Append(line.Length == 0 ? "#" : "# ").Append(line).Append('\n');
            }

            Indent(indent).Append(HoconPath.Render(field.Name));
            if (field.Value is HoconObject { Count: > 0 } inner && !IsSecret)
            {
                text.Append(" {\n");
                WriteFields(inner, indent + 1);
                Indent(indent).Append('}');
            }
            else
            {
                text.Append(" = ");
                WriteValue(field.Value, indent);
                if (rendering.HasOrigins && field.Value.Place.Origin is { Length: > 0 }) text.Append("  # ").Append(OneLine(field.Value.Place.ToString()));
            }

            text.Append('\n');
            path.RemoveAt(path.Count - 1);
        }
    }

    private void WriteValue(HoconValue value, int indent)
    {
        if (IsSecret) HoconText.AppendQuoted(text, Secret.Mask);
        else if (value is HoconScalar scalar) WriteScalar(scalar);
        else if (value is HoconObject { Count: 0 }) text.Append("{}");
        else if (value is HoconObject fields)
        {
            text.Append("{\n");
            WriteFields(fields, indent + 1);
            Indent(indent).Append('}');
        }
        else if (value is HoconArray array) WriteItems(array, indent);
    }

    /// <summary>A list on one line, if nothing in it needs several.</summary>
    private void WriteItems(HoconArray array, int indent)
    {
        bool isFlat = array.Items.All(item => item is HoconScalar);
        text.Append('[');
        for (int n = 0; n < array.Items.Count; n++)
        {
            if (n > 0) text.Append(isFlat ? ", " : ",");
            if (!isFlat)
            {
                text.Append('\n');
                Indent(indent + 1);
            }

            WriteValue(array.Items[n], indent + 1);
        }

        if (!isFlat)
        {
            text.Append('\n');
            Indent(indent);
        }

        text.Append(']');
    }

    private void WriteScalar(HoconScalar scalar)
    {
        if (scalar.Kind == HoconKind.Text) HoconText.AppendQuoted(text, scalar.Text);
        else text.Append(scalar.Text);
    }

    /// <param name="value">The value.</param>
    /// <param name="indent">How far its lines are indented; -1 to write it on one.</param>
    private void WriteJson(HoconValue value, int indent)
    {
        if (IsSecret) HoconText.AppendQuoted(text, Secret.Mask);
        else if (value is HoconScalar scalar) WriteScalar(scalar);
        else if (value is HoconArray array) WriteJsonItems('[', ']', array.Items, indent, item => WriteJson(item, Deeper(indent)));
        else if (value is HoconObject fields)
        {
            WriteJsonItems('{', '}', fields, indent, field =>
            {
                HoconText.AppendQuoted(text, field.Name);
                text.Append(indent < 0 ? ":" : ": ");
                path.Add(field.Name);
                WriteJson(field.Value, Deeper(indent));
                path.RemoveAt(path.Count - 1);
            });
        }
    }

    private void WriteJsonItems<T>(char open, char close, IReadOnlyCollection<T> items, int indent, Action<T> write)
    {
        text.Append(open);
        bool isFirst = true;
        foreach (T item in items)
        {
            if (!isFirst) text.Append(',');
            isFirst = false;
            BreakLine(Deeper(indent));
            write(item);
        }

        if (!isFirst) BreakLine(indent);
        text.Append(close);
    }

    private static int Deeper(int indent) => indent < 0 ? indent : indent + 1;

    private void BreakLine(int indent)
    {
        if (indent < 0) return;
        text.Append('\n');
        Indent(indent);
    }

    private StringBuilder Indent(int levels) => text.Append(' ', levels * 2);

    private static string OneLine(string place) => place.ReplaceLineEndings(" ");
}
