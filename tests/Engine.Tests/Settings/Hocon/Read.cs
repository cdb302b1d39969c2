using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>What a text comes to, in the shortest form to compare.</summary>
internal static class Read
{
    /// <summary>A text, read, resolved and written as JSON. The environment has only what is given.</summary>
    public static string Json(string text, params (string Name, string Value)[] environment) => HoconWriter.ToJson(Resolved(text, environment));

    public static HoconObject Resolved(string text, params (string Name, string Value)[] environment) =>
        HoconDocument.Parse(text, "test.conf").Resolve(Variables(environment));

    /// <summary>The codes of all problems of a text, in their order.</summary>
    public static string[] Codes(string text, params (string Name, string Value)[] environment) => [.. Problems(text, environment).Select(problem => problem.Code)];

    /// <summary>All problems of a text, which must have some.</summary>
    public static IReadOnlyList<Problem> Problems(string text, params (string Name, string Value)[] environment) =>
        Assert.Throws<ProblemException>(() => Resolved(text, environment)).Problems;

    public static Func<string, string?> Variables(params (string Name, string Value)[] environment) =>
        name => environment.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault();
}
