using StreamEngine.Contracts.Catalogue;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings;

/// <summary>
/// What must never be shown: it is masked in whatever prints it by mistake, and handed out only to who asks for it by name.
/// </summary>
internal readonly struct Secret(string text) : IEquatable<Secret>
{
    /// <summary>What is shown in its place.</summary>
    public const string Mask = "***";

    private const int FileBytesMax = 64 * 1024;

    private readonly string? text = text;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(text);

    /// <summary>The secret itself, for the client that needs it.</summary>
    public string Reveal() => text ?? "";

    /// <inheritdoc/>
    public bool Equals(Secret other) => Reveal() == other.Reveal();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Secret other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Reveal().GetHashCode(StringComparison.Ordinal);

    /// <summary>Never the secret.</summary>
    public override string ToString() => IsEmpty ? "" : Mask;

    /// <summary>Reads a secret that is given by where it is: <c>{ env = NAME }</c> or <c>{ file = PATH }</c>.</summary>
    /// <param name="from">The block.</param>
    /// <param name="name">How messages call the setting.</param>
    /// <exception cref="OptionException">It isn't there.</exception>
    public static string Read(HoconObject from, string name)
    {
        if (from.Count == 1 && from.TryGet("env", out HoconField? env) && env.Value is HoconScalar { Kind: HoconKind.Text } variable)
        {
            return Environment.GetEnvironmentVariable(variable.Text) ?? throw new OptionException(
                name, $"{name}: the environment has no variable {variable.Text}", $"Set {variable.Text}, or name another with {{ env = NAME }}.");
        }

        if (from.Count == 1 && from.TryGet("file", out HoconField? file) && file.Value is HoconScalar { Kind: HoconKind.Text } path) return ReadFile(path, name);
        throw new OptionException(name, $"{name} is a block that says not where the secret is", "Write { env = NAME }, { file = PATH }, or the text itself.");
    }

    private static string ReadFile(HoconScalar path, string name)
    {
        // Relative to the file it is written in, as includes are.
        try
        {
            string full = Path.GetFullPath(path.Text, Path.GetDirectoryName(Path.GetFullPath(path.Place.Origin)) ?? Environment.CurrentDirectory);
            if (Directory.Exists(full)) throw new IOException("it is a directory");
            if (new FileInfo(full).Length > FileBytesMax) throw new IOException($"it has more than {FileBytesMax / 1024} kB");

            // Files of secrets are often written with a line end that doesn't belong to them.
            return File.ReadAllText(full).TrimEnd('\n', '\r');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OptionException(name, $"{name}: the file of the secret can't be read: {e.Message.TrimEnd('.')}", "Name a file that this process may read: { file = PATH }.", e);
        }
    }
}
