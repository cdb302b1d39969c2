using System.Text;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms;

/// <summary>A text with fields in it: <c>{origin}-{destination}</c>.</summary>
internal sealed class KeyTemplate
{
    private readonly List<(string Text, DataPath? Field)> parts = [];

    /// <param name="template">The text; a brace of its own is written twice.</param>
    /// <param name="option">The option it is written in.</param>
    public KeyTemplate(string template, string option)
    {
        var text = new StringBuilder();
        for (int at = 0; at < template.Length; at++)
        {
            char c = template[at];
            if (c is '{' or '}' && at + 1 < template.Length && template[at + 1] == c)
            {
                text.Append(c);
                at++;
            }
            else if (c == '{')
            {
                int end = template.IndexOf('}', at);
                if (end < 0) throw Wrong(option, template, at, "isn't closed");
                parts.Add((text.ToString(), OptionReader.Path(template[(at + 1)..end], option)));
                text.Clear();
                at = end;
            }
            else if (c == '}')
            {
                throw Wrong(option, template, at, "was never opened");
            }
            else
            {
                text.Append(c);
            }
        }

        if (parts.Count == 0) throw new OptionException(option, $"the template '{template}' has no field in it", "Write fields in braces: \"{origin}-{destination}\".") { Text = template };
        if (text.Length > 0) parts.Add((text.ToString(), null));
    }

    /// <summary>The text for a record.</summary>
    /// <exception cref="DataException">A field is null or missing, or is no text.</exception>
    public string Format(DataObject? value)
    {
        var made = new StringBuilder();
        foreach ((string text, DataPath? field) in parts)
        {
            made.Append(text);
            if (field is null) continue;
            DataValue found = field.Get(value);
            if (found.IsNull) throw new DataException($"{field} is null or missing, and part of the key");
            made.Append(DataConversion.ToText(found));
        }

        return made.ToString();
    }

    private static OptionException Wrong(string option, string template, int at, string what) =>
        new(option, $"the brace at character {at + 1} of '{template}' {what}", "A brace that is meant itself is written twice.") { Text = template, Position = at + 1 };
}
