using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>Exceptions of users' functions: a failed task or a dead letter, each with the place in the source and in the input.</summary>
public sealed class OperatorTests_Errors
{
    private const string Tolerant = "stream-engine.pipeline.errors.tolerance = all";
    private static readonly Topic<string, string?> Input = Topic.Of<string, string?>("input");
    private static readonly Topic<string, int> Output = Topic.Of<string, int>("output");

    [Fact]
    public async Task An_exception_fails_the_pipeline_with_the_stage_its_source_text_its_line_and_the_record()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Select(text => int.Parse(text!, null)).To(Output));
        kit.Send(Input, "a", "1");
        kit.Send(Input, "a", "two");

        EngineException error = await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);

        Assert.Matches(@"stage select, Select\(text => int\.Parse\(text!, null\)\) \(OperatorTests_Errors\.cs:\d+\): input, 0, 1: FormatException: .*'two'", error.Message);
        Assert.Contains("errors.tolerance = all", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(ErrorDomain.User, error.Domain);
        Assert.Empty(kit.Output(Output));
    }

    [Fact]
    public async Task What_is_mended_goes_on_from_the_last_commit_and_nothing_is_lost_or_doubled()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Select(text => int.Parse(text!, null)).To(Output));
        kit.Send(Input, "a", "1");
        await kit.RunToEnd();
        kit.Send(Input, "a", "two");
        kit.Send(Input, "a", "3");
        await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);

        await kit.Restart(define: p => p.From(Input).Select(text => text == "two" ? 2 : int.Parse(text!, null)).To(Output));
        await kit.RunToEnd();

        Assert.Equal([1, 2, 3], kit.Output(Output).Select(record => record.Value));
    }

    [Fact]
    public async Task A_tolerated_exception_makes_a_dead_letter_of_the_record_as_its_source_had_it()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(Input).Select(text => text + "!").Select(text => int.Parse(text!, null), name: "parse").To(Output), new PipelineTestOptions { Settings = Tolerant });
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(1234);
        kit.Send(Input, "a", "two", time, [new RecordHeader("trace", "x")]);

        await kit.RunToEnd();

        DeadLetter letter = Assert.Single(kit.DeadLetters());
        Assert.Equal(("parse", "FormatException", 0L), (letter.Stage, letter.Error, letter.Offset));
        Assert.Equal(new SourcePartitionId("input", "0"), letter.Source);
        Assert.StartsWith("input, 0, 0: FormatException: ", letter.Message, StringComparison.Ordinal);
        Assert.Equal(("a", "two", 1234L), (Text(letter.Key), Text(letter.Value), letter.Timestamp));
        Assert.Equal("x", Text(letter.Headers.Last("trace")));
    }

    [Fact]
    public async Task Dead_letters_of_every_epoch_are_kept_and_those_of_the_first_of_a_start_too()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Select(text => int.Parse(text!, null)).To(Output), new PipelineTestOptions { Settings = Tolerant });
        for (int round = 0; round < 4; round++)
        {
            kit.Send(Input, "a", $"bad {round}");
            kit.Send(Input, "a", $"{round}");
            if (round == 2) await kit.Restart();
            await kit.Settle();
        }

        await kit.RunToEnd();

        Assert.Equal(["bad 0", "bad 1", "bad 2", "bad 3"], kit.DeadLetters().Select(letter => Text(letter.Value)));
        Assert.Equal([0, 1, 2, 3], kit.Output(Output).Select(record => record.Value));
    }

    [Fact]
    public async Task A_dead_letter_of_a_crashed_epoch_is_kept_once()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Select(text => int.Parse(text!, null)).To(Output), new PipelineTestOptions { Settings = Tolerant });
        kit.Send(Input, "a", "bad");
        kit.Start();
        await kit.Crash();
        await kit.RunToEnd();
        await kit.RunToEnd();
        Assert.Equal("bad", Text(Assert.Single(kit.DeadLetters()).Value));
    }

    [Fact]
    public async Task A_record_is_tried_again_as_often_as_is_set_before_it_is_given_up()
    {
        int calls = 0;
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.Set("errors.retries", "3").Set("errors.delay", "1ms").From(Input).Select(text => ++calls < 3 ? throw new IOException("not yet") : 7).To(Output));
        kit.Send(Input, "a", "x");
        await kit.RunToEnd();
        Assert.Equal(3, calls);
        Assert.Equal([7], kit.Output(Output).Select(record => record.Value));
    }

    [Fact]
    public async Task A_tombstone_that_fails_is_a_dead_letter_without_a_value()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Select(text => text!.Length).To(Output), new PipelineTestOptions { Settings = Tolerant });
        kit.Send(Input, "a", null);
        kit.Send(Input, null!, "");
        await kit.RunToEnd();
        DeadLetter letter = Assert.Single(kit.DeadLetters());
        Assert.Null(letter.Value);
        Assert.Equal("a", Text(letter.Key));
    }

    [Fact]
    public async Task Every_verb_names_itself_when_its_function_throws()
    {
        var verbs = new Dictionary<string, Action<PipelineBuilder, KeyedStream<string, string?>>>
        {
            ["Where"] = (_, s) => s.Where(_ => Throw<bool>()).To(Sink),
            ["Select"] = (_, s) => s.Select(_ => Throw<string?>()).To(Sink),
            ["SelectMany"] = (_, s) => s.SelectMany(_ => Throw<string?[]>()).To(Sink),
            ["SelectAsync"] = (_, s) => s.SelectAsync((_, _) => Throw<ValueTask<string?>>()).To(Sink),
            ["Peek"] = (_, s) => s.Peek(_ => Throw<int>()).To(Sink),
            ["KeyBy"] = (_, s) => s.KeyBy(_ => Throw<string>()).To(Sink),
            ["ThenBy"] = (_, s) => s.ThenBy(_ => Throw<string>()).Select(v => v).To(Topic.Of<(string, string), string?>("sink")),
            ["Aggregate"] = (_, s) => s.Aggregate("", (_, _) => Throw<string>(), name: "state").Select(v => (string?)v).To(Sink),
            ["WithEventTime"] = (_, s) => s.WithEventTime(_ => Throw<DateTimeOffset>()).To(Sink),
            ["WithHeader"] = (_, s) => s.WithHeader("h", _ => Throw<string>()).To(Sink),
            ["ForEach"] = (p, s) => { p.Promise(Guarantee.AtLeastOnce); s.ForEach((_, _) => Throw<int>()); },
            ["Split"] = (_, s) => { (KeyedStream<string, string?> one, KeyedStream<string, string?> two) = s.Split(_ => Throw<bool>()); one.To(Sink); two.To(Sink); },
            ["To"] = (_, s) => s.To(Sink.PartitionBy((_, _) => Throw<int>())),
        };
        foreach ((string verb, Action<PipelineBuilder, KeyedStream<string, string?>> define) in verbs)
        {
            await using PipelineTestKit kit = PipelineTestKit.For(p => define(p, p.From(Input)));
            kit.Send(Input, "a", "x");
            EngineException error = await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);
            Assert.Matches($@"stage [a-z0-9-]+, (Where\()?{verb}\W.*\(OperatorTests_Errors\.cs:\d+\): input, 0, 0: InvalidDataException: thrown", error.Message.ReplaceLineEndings(" "));
        }
    }

    [Fact]
    public async Task A_function_that_fails_now_and_then_loses_and_doubles_nothing()
    {
        int calls = 0;
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.Set("restarts.max", "1000").From(Input).Select(text => Interlocked.Increment(ref calls) % 37 == 0 ? throw new IOException($"call {calls}") : text!.Length, name: "flaky")
                .Count(name: "c").To(Topic.Of<string, long>("counts")));
        for (int round = 0; round < 8; round++)
        {
            for (int n = 0; n < 20; n++) kit.Send(Input, $"k{n % 3}", "x");
            await kit.Settle();
        }

        Assert.Equal(new Dictionary<string, long> { ["k0"] = 56, ["k1"] = 56, ["k2"] = 48 }, kit.Table(Topic.Of<string, long>("counts")));
        Assert.True(calls > 160, "no call was made again");
    }

    private static Topic<string, string?> Sink { get; } = Topic.Of<string, string?>("sink");

    private static T Throw<T>() => throw new InvalidDataException("thrown");

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } there ? Encoding.UTF8.GetString(there.Span) : null;
}
