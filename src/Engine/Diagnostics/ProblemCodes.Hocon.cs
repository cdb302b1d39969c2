namespace StreamEngine.Diagnostics;

/// <content>SE10xx: reading HOCON.</content>
internal static partial class ProblemCodes
{
    /// <summary>A file can't be read: it doesn't exist, is a directory, or may not be opened. Check the path and the permissions; relative paths start at the working directory.</summary>
    public const string FileUnreadable = "SE1001";

    /// <summary>A file holds bytes that are not UTF-8, or a NUL character. Save it as UTF-8; a key store or an archive is not a settings file.</summary>
    public const string NotText = "SE1002";

    /// <summary>A brace or a bracket is opened and never closed. Close it where its object or list ends; the place is where it was opened.</summary>
    public const string Unclosed = "SE1003";

    /// <summary>A closing brace or bracket, or text after the end of the outermost object, belongs to nothing. Take it out, or add the opening one.</summary>
    public const string Stray = "SE1004";

    /// <summary>A character that means something to HOCON, or is reserved, stands in a text without quotes. Put the text in double quotes.</summary>
    public const string ForbiddenCharacter = "SE1005";

    /// <summary>A text in quotes isn't closed on its line, or one in three quotes not at all. Close it; a text of several lines stands in three quotes.</summary>
    public const string UnclosedText = "SE1006";

    /// <summary>A backslash in a quoted text is followed by what is no escape, or a control character stands in it as it is. Escapes are those of JSON.</summary>
    public const string BadEscape = "SE1007";

    /// <summary>A key has no value. Write <c>key = value</c>; an empty text is <c>""</c>, nothing is <c>null</c>.</summary>
    public const string KeyWithoutValue = "SE1008";

    /// <summary>A key, or the path in a substitution, is no path expression: an element is empty, or it holds what no key can hold. Quote elements with special characters.</summary>
    public const string BadPath = "SE1009";

    /// <summary>Two values or fields are not separated, or there is a comma too many. One comma or a new line stands between them.</summary>
    public const string BadSeparator = "SE1010";

    /// <summary>A substitution is not closed, or empty. It is written <c>${path}</c>, or <c>${?path}</c> when it may be missing.</summary>
    public const string BadSubstitution = "SE1011";

    /// <summary>Texts, lists and objects stand beside each other in one value. Only texts join with texts, lists with lists, objects with objects.</summary>
    public const string MixedKinds = "SE1012";

    /// <summary>An include isn't written as one, or names what can't be included. It is <c>include "file.conf"</c>, with <c>file()</c> or <c>required()</c> around the name if wanted.</summary>
    public const string BadInclude = "SE1013";

    /// <summary>A file that is included as required doesn't exist. Check the path, which starts at the including file; leave out <c>required()</c> when it may be missing.</summary>
    public const string IncludeMissing = "SE1014";

    /// <summary>A file includes itself, directly or through others. Take out one of the includes of the chain.</summary>
    public const string IncludeCycle = "SE1015";

    /// <summary>The document is a list, where an object is needed. Give the list a name: <c>name = [ ... ]</c>.</summary>
    public const string NotAnObject = "SE1016";

    /// <summary>A <c>.json</c> file is not JSON. Mend it, or name it <c>.conf</c> if it is meant to be HOCON.</summary>
    public const string BadJson = "SE1017";

    /// <summary>A substitution names what is defined neither in the settings nor in the environment. Define it, or write <c>${?path}</c> if it may be missing.</summary>
    public const string Undefined = "SE1018";

    /// <summary>Substitutions lead back to themselves, so none of them has a value. Give one of the chain a value of its own.</summary>
    public const string Cycle = "SE1019";

    /// <summary>A file, or all files together, are larger than settings may be. Take out what isn't settings.</summary>
    public const string TooLarge = "SE1020";

    /// <summary>Objects, lists or paths are nested deeper than any settings are. Look for a bracket that is opened again and again.</summary>
    public const string TooDeep = "SE1021";

    /// <summary>There are more includes, or more of them in a row, than settings may have. Look for files that include each other many times over.</summary>
    public const string TooManyIncludes = "SE1022";

    /// <summary>Substitutions make more of a document than settings may be: too many values, too long a text, too long a chain. Look for one that is multiplied at each step.</summary>
    public const string TooMuchResolved = "SE1023";
}
