using System.Text;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Diagnostics;

namespace StreamEngine.Hosting.Tests.Broken;

/// <summary>Configurations with more wrong in them than anybody thinks of: each case again, damaged at random.</summary>
public sealed class DamagedTests
{
    private static readonly string[] Inserted =
    [
        "{", "}", "[", "]", "\"", "\"\"\"", ",", "=", ":", "${", "${a}", "${?stream-engine}", "+=", "#", "//", "\\", "\n", "\t", "null", "-1", "include \"case.conf\"", "stream-engine.", ".", "\u0000", "é", "😀", "(", "'", "${stream-engine.pipelines.orders}", "{}", "[]", "0",
    ];

    private static readonly BrokenCase[] Cases =
        [.. BrokenConfigurationTests.All().Where(given => !given.Connects && given.Files[0].Key == "case.conf" && given.Files[0].Value.Length < 2000)];

    [Fact]
    public void Whatever_is_written_there_is_an_answer_with_a_place() => Gen.Select(
        Gen.Int[0, Cases.Length - 1], Gen.Select(Gen.Int[0, 5], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, Inserted.Length - 1]).Array[1, 4]).Sample(
        (index, damages) =>
        {
            BrokenCase given = Cases[index];
            string text = damages.Aggregate(Encoding.UTF8.GetString(given.Files[0].Value), (text, damage) => Damaged(text, damage.Item1, damage.Item2, damage.Item3, Inserted[damage.Item4]));
            IReadOnlyList<Problem> problems = BrokenRun.Of(given with { Files = [KeyValuePair.Create("case.conf", Encoding.UTF8.GetBytes(text)), .. given.Files.Skip(1)] });
            foreach (Problem problem in problems)
            {
                Assert.NotEmpty(problem.ToString());
                Assert.InRange(problem.Place.Line, 0, text.Count(c => c == '\n') + 100);
            }
        },
        iter: PropertyRuns.Of(1000),
        threads: 1,
        print: damaged => $"{Cases[damaged.Item1].Name}, {string.Join(", ", damaged.Item2)}");

    private static string Damaged(string text, int kind, double first, double second, string inserted)
    {
        int at = (int)(first * text.Length), end = at + (int)(second * second * (text.Length - at));
        return kind switch
        {
            0 => text.Remove(at, Math.Min(1, text.Length - at)),
            1 => text.Remove(at, end - at),
            2 => text.Insert(end, text[at..end]),
            3 => text[..at] + text[end..] + text[at..end],
            _ => text.Insert(at, inserted),
        };
    }
}
