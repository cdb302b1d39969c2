namespace StreamEngine.Settings.Hocon;

/// <summary>How the name in an include is written.</summary>
internal enum IncludeKind
{
    /// <summary>Alone, in quotes.</summary>
    Plain,

    /// <summary>In <c>file()</c>.</summary>
    File,
}

/// <summary>An include as it is written.</summary>
/// <param name="Name">The name of the file.</param>
/// <param name="Kind">How the name is written.</param>
/// <param name="IsRequired">Whether it is a problem if there is no such file.</param>
/// <param name="Source">The including text.</param>
/// <param name="At">Where in it the include is written.</param>
internal sealed record Include(string Name, IncludeKind Kind, bool IsRequired, SourceText Source, int At);

/// <summary>Loads what a text includes.</summary>
internal interface IHoconIncluder
{
    /// <summary>Reads the included files. What is wrong with them is reported; then, and where there are none, the object is empty.</summary>
    /// <param name="include">The include.</param>
    /// <param name="prefix">Where in the whole document it stands.</param>
    /// <param name="hasSubstitutions">Whether anything included is a substitution.</param>
    ObjectNode Load(Include include, IReadOnlyList<string> prefix, out bool hasSubstitutions);
}
