namespace StreamEngine.Hosting.CommandLine;

/// <summary>
/// Colours for what a person reads on a terminal. Elsewhere, where <c>NO_COLOR</c> is set (https://no-color.org), and on a terminal that is <c>dumb</c>,
/// text is left as it is.
/// </summary>
internal sealed class TextStyle
{
    private readonly bool colours;

    /// <param name="output">Standard output, or standard error.</param>
    public TextStyle(TextWriter output) =>
        colours = CanSteer && Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 } && !(output == Console.Error ? Console.IsErrorRedirected : Console.IsOutputRedirected);

    /// <summary>Text as it is.</summary>
    public static TextStyle Plain { get; } = new(colours: false);

    /// <summary>Whether terminals here understand escape sequences.</summary>
    public static bool CanSteer { get; } = Environment.GetEnvironmentVariable("TERM") is not "dumb";

    private TextStyle(bool colours) => this.colours = colours;

    public string Bold(string text) => Wrap("1", text);

    public string Red(string text) => Wrap("1;31", text);

    public string Yellow(string text) => Wrap("33", text);

    public string Green(string text) => Wrap("32", text);

    private string Wrap(string code, string text) => colours ? $"\e[{code}m{text}\e[0m" : text;
}
