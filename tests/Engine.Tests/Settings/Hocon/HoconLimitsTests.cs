using System.Text;
using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>Whatever is too much is a problem: no crash, no endless loop, no machine without memory.</summary>
public sealed class HoconLimitsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_large_file_is_not_read()
    {
        using (FileStream file = File.Create(folder.Combine("large.conf"))) file.SetLength(100L << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Problem problem = Assert.Single(Problems("large.conf"));

        Assert.Equal(ProblemCodes.TooLarge, problem.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L << 20);
    }

    [Fact]
    public void Many_files_together_may_not_be_large_either()
    {
        var limits = new HoconLimits { TotalBytesMax = 2000 };
        File.WriteAllText(folder.Combine("part.conf"), "# " + new string('x', 900));
        File.WriteAllText(folder.Combine("main.conf"), "include \"part\"\ninclude \"part\"\ninclude \"part\"\n");

        Problem problem = Assert.Single(Problems("main.conf", limits));

        Assert.Equal((ProblemCodes.TooLarge, 3), (problem.Code, problem.Place.Line));
        Assert.Equal([ProblemCodes.TooLarge], Assert.Throws<ProblemException>(() => HoconDocument.Parse(new string(' ', 3000), "x", limits with { FileBytesMax = 2000 })).Problems.Select(each => each.Code));
    }

    [Theory]
    [InlineData("{a", "}")]
    [InlineData("{a=", "}")]
    [InlineData("[", "]")]
    [InlineData("[{a=", "}]")]
    public void Ten_thousand_brackets_in_each_other_are_one_problem(string open, string close)
    {
        string deep = "a = " + string.Concat(Enumerable.Repeat(open, 10_000)) + "{}";

        Assert.Equal([ProblemCodes.TooDeep], Read.Codes(deep + string.Concat(Enumerable.Repeat(close, 10_000))));
        Assert.Equal([ProblemCodes.TooDeep], Read.Codes(deep));
    }

    [Fact]
    public void Two_hundred_levels_are_fine()
    {
        string text = string.Concat(Enumerable.Repeat("a{", 200)) + "b=1" + new string('}', 200);

        Assert.Equal(200, Read.Resolved(text).Depth - 1);
        Assert.Equal([ProblemCodes.TooDeep], Read.Codes(string.Join('.', Enumerable.Repeat("a", 300)) + " = 1"));
    }

    [Fact]
    public void A_path_of_ten_thousand_names_is_refused_in_every_kind_of_file()
    {
        string path = string.Join('.', Enumerable.Repeat("a", 10_000));
        File.WriteAllText(folder.Combine("deep.properties"), path + "=1");

        Assert.Equal([ProblemCodes.TooDeep], Read.Codes($"{path} = 1"));
        Assert.Equal([ProblemCodes.TooDeep], Problems("deep.properties").Select(problem => problem.Code));
        Assert.Equal([ProblemCodes.Undefined], Read.Codes($"x = ${{{path}}}"));
    }

    [Fact]
    public void Includes_in_a_row_and_in_all_are_limited()
    {
        for (int n = 0; n < 40; n++) File.WriteAllText(folder.Combine($"f{n}.conf"), $"include \"f{n + 1}\"");
        for (int n = 0; n < 15; n++) File.WriteAllText(folder.Combine($"g{n}.conf"), $"include \"g{n + 1}\"\ninclude \"g{n + 1}\"");
        File.WriteAllText(folder.Combine("g15.conf"), "a = 1");

        Assert.Equal([ProblemCodes.TooManyIncludes], Problems("f0.conf").Select(problem => problem.Code));
        Assert.All(Problems("g0.conf"), problem => Assert.Equal(ProblemCodes.TooManyIncludes, problem.Code));
    }

    [Theory]
    [InlineData("{ x = ${a#}, y = ${a#} }", "{}")]
    [InlineData("[${a#}, ${a#}]", "[]")]
    [InlineData("${a#} ${a#}", "[1]")]
    [InlineData("${a#}${a#}", "text")]
    [InlineData("${a#} { b# = ${a#} }", "{ b = 1 }")]
    public void What_doubles_at_each_step_is_stopped(string step, string last)
    {
        var text = new StringBuilder();
        for (int n = 0; n < 60; n++) text.Append('a').Append(n).Append(" = ").Append(step.Replace("#", $"{n + 1}", StringComparison.Ordinal)).Append('\n');
        text.Append("a60 = ").Append(last);

        Assert.Equal([ProblemCodes.TooMuchResolved], Read.Codes(text.ToString()));
    }

    [Fact]
    public void A_search_that_doubles_at_each_step_is_stopped()
    {
        var text = new StringBuilder("x = ${a0.k}\n");
        for (int n = 0; n < 60; n++) text.Append($"a{n} = ${{a{n + 1}}} ${{a{n + 1}}} {{ z = 1 }}\n");
        text.Append("a60 { k { l = 1 } }");

        Assert.Equal([ProblemCodes.TooMuchResolved], Read.Codes(text.ToString()));
    }

    [Fact]
    public void A_long_chain_is_refused_forwards_and_fine_backwards()
    {
        string forwards = string.Concat(Enumerable.Range(0, 10_000).Select(n => $"a{n} = ${{a{n + 1}}}\n")) + "a10000 = 1";
        string nested = string.Concat(Enumerable.Range(0, 10_000).Select(n => $"a{n} {{ x = ${{a{n + 1}}} }}\n")) + "a10000 = 1";
        string backwards = "a0 = 1\n" + string.Concat(Enumerable.Range(1, 10_000).Select(n => $"a{n} = ${{a{n - 1}}}\n"));
        string wrapped = "a0 = 1\n" + string.Concat(Enumerable.Range(1, 10_000).Select(n => $"a{n} {{ x = ${{a{n - 1}}} }}\n"));

        Assert.Equal([ProblemCodes.TooMuchResolved], Read.Codes(forwards));
        Assert.Single(Read.Codes(nested));
        Assert.Equal("1", Read.Resolved(backwards).Find("a10000")!.Value.ToString());
        Assert.Equal([ProblemCodes.TooDeep], Read.Codes(wrapped));
    }

    [Fact]
    public void Problems_are_told_up_to_a_hundred() => Assert.Equal(100, Read.Problems(string.Concat(Enumerable.Repeat("a = @\n", 5000))).Count);

    [Fact]
    public void A_thread_with_a_small_stack_reads_it_all_the_same()
    {
        string deep = string.Concat(Enumerable.Repeat("a { b = [", 100)) + string.Concat(Enumerable.Repeat("] }", 100));
        string chained = string.Concat(Enumerable.Range(0, 250).Select(n => $"a{n} {{ x = ${{a{n + 1}}} }}\n")) + "a250 = 1";
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() =>
        {
            Read.Resolved(deep);
            Record.Exception(() => Read.Resolved(chained));
        }), maxStackSize: 512 * 1024);

        thread.Start();
        thread.Join();

        Assert.True(failure is null or ProblemException, failure?.ToString());
    }

    private IReadOnlyList<Problem> Problems(string name, HoconLimits? limits = null) =>
        Assert.Throws<ProblemException>(() => HoconDocument.Load(folder.Combine(name), limits).Resolve(_ => null)).Problems;
}
