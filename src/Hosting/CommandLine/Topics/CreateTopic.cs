using System.CommandLine;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Running;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary><c>topics create</c>.</summary>
internal static class CreateTopic
{
    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = TopicsCommand.Name();
        var partitions = new Option<int>("--partitions") { Description = "How many partitions it gets.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var compacted = new Option<bool>("--compacted") { Description = "Only the last record of each key has to be kept." };
        var time = new Option<string?>("--retention-time") { Description = "How long records are kept, counted from when they were appended: 90s, 15min, 12h, 7d.", HelpName = "TIME" };
        var bytes = new Option<long?>("--retention-bytes") { Description = "How many bytes of each partition are kept, the youngest.", HelpName = "BYTES" };
        Option<string> keyFormat = Format("--key-format", "keys"), valueFormat = Format("--value-format", "values");
        var command = new Command("create", "Make a topic; and the data directory, where there is none.") { name, data, partitions, compacted, time, bytes, keyFormat, valueFormat };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var spec = new TopicSpec(parsed.GetValue(name)!, parsed.GetValue(partitions))
            {
                Compacted = parsed.GetValue(compacted),
                RetentionTime = parsed.GetValue(time) is { } given ? TimeOf(given) : null,
                RetentionBytes = parsed.GetValue(bytes) is not { } most ? null : most > 0 ? most : throw Wrong($"--retention-bytes {most} is no number of bytes to keep", "Give a number from 1 on."),
                KeyFormat = FormatOf("--key-format", parsed.GetValue(keyFormat)!),
                ValueFormat = FormatOf("--value-format", parsed.GetValue(valueFormat)!),
            };

            // Judged before anything is made; a name that a pipeline's own topics have would be taken for one of them.
            Check(spec);
            LogSettings settings = options.Read(parsed).Log;
            if (settings.IsKafka && new[] { keyFormat, valueFormat }.FirstOrDefault(format => parsed.GetResult(format) is { Implicit: false }) is { } kept)
            {
                throw Wrong($"{kept.Name} can't be kept: a Kafka cluster holds no formats of topics", "Leave it out: records are shown as JSON where they are objects or arrays, else as text.");
            }

            using OpenLog open = LogOpening.ToChangeTopics(settings, parsed.GetValue(data)!, makes: true);
            ILog log = open.Log;
            if (log.Find(spec.Name) is { } there)
            {
                throw Wrong($"there is a topic {spec.Name} already, of {TopicsCommand.Partitions(there.Partitions)}", "topics describe shows it; topics delete makes room for another.");
            }

            log.Create(spec);
            Console.Out.WriteLine($"topic {spec.Name} is made, of {TopicsCommand.Partitions(spec.Partitions)}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Option<string> Format(string option, string what) => new(option)
    {
        Description = $"What its {what} are written as: {string.Join(", ", FieldText.Formats)}.",
        DefaultValueFactory = _ => "string",
        HelpName = "FORMAT",
    };

    private static string FormatOf(string option, string given) => FieldText.Formats.Contains(given)
        ? given
        : throw Wrong($"{option} {given} is no format", $"There are {string.Join(", ", FieldText.Formats)}.");

    private static void Check(TopicSpec spec)
    {
        string reserved = $"streamengine{NameRule.Separator}";
        if (spec.Name.StartsWith(reserved, StringComparison.Ordinal)) throw Wrong($"topic {spec.Name} would have the name of a pipeline's own", $"Choose a name that doesn't begin with {reserved}");
        try
        {
            spec.Check();
        }
        catch (TopicException e)
        {
            throw Wrong(e.Message, "Nothing was made.");
        }
    }

    private static TimeSpan TimeOf(string given)
    {
        string number = given.TrimEnd([.. "abcdefghijklmnopqrstuvwxyz"]);
        double unit = given[number.Length..] switch
        {
            "ms" => 1,
            "s" => 1000,
            "min" or "m" => 60 * 1000,
            "h" => 60 * 60 * 1000,
            "d" => 24 * 60 * 60 * 1000,
            _ => 0,
        };
        return unit > 0 && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count is > 0 and < 1_000_000_000 && count * unit < TimeSpan.MaxValue.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(count * unit)
            : throw Wrong($"--retention-time {given} is no time to keep records for", "Give a number with ms, s, min, h or d: 7d.");
    }

    private static EngineException Wrong(string what, string remedy) => new(ErrorDomain.User, what, remedy);
}
