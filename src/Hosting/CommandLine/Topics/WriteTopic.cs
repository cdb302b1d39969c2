using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Running;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary><c>topics write</c>.</summary>
internal static class WriteTopic
{
    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = TopicsCommand.Name();
        name.AddTopics(data);
        var separator = new Option<string?>("--key-separator") { Description = "What stands between key and value in a line; without it lines are values without keys.", HelpName = "TEXT" };
        Option<bool> json = SharedOptions.Json("Lines are JSON objects as topics read --json prints them: value, and key, timestamp, headers, partition where wanted.");
        var command = new Command("write", "Append the lines of the standard input to a topic, a record each.") { name, data, separator, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            string? between = parsed.GetValue(separator);
            if (between is { Length: 0 }) throw new EngineException(ErrorDomain.User, "--key-separator is empty", "Give what stands between key and value: --key-separator :");
            if (between is not null && parsed.GetValue(json)) throw new EngineException(ErrorDomain.User, "--key-separator and --json exclude each other", "With --json the key is a property of its own.");
            using OpenLog open = LogOpening.ToChangeTopics(options.Read(parsed).Log, parsed.GetValue(data)!);
            ILog log = open.Log;
            TopicInfo topic = TopicsCommand.Find(log, parsed.GetValue(name)!);
            if (topic.Spec.Owner is { } owner)
            {
                throw new EngineException(ErrorDomain.User, $"topic {topic.Name} is internal to pipeline {owner}, which alone writes it", "Write to a topic that the pipeline reads.");
            }

            using var appender = new TopicAppender(log, topic);
            var interrupted = new Lock();
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, appender, interrupted));
            using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, appender, interrupted));
            Write(new LineReader(Console.OpenStandardInput()), new RecordLine(topic.Spec, TimeProvider.System), appender, between is null ? null : Encoding.UTF8.GetBytes(between), parsed.GetValue(json), interrupted);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(appender.Written, "record")} written to topic {topic.Name}"));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Writes lines until there are none. Who types them, or sends one now and then, has each of them written at once.</summary>
    /// <exception cref="EngineException">A line is no record; all before it are written.</exception>
    private static void Write(LineReader lines, RecordLine record, TopicAppender appender, byte[]? separator, bool json, Lock interrupted)
    {
        Action add = () => appender.Add(record);
        while (true)
        {
            if (lines.MayWait) Commit(appender, interrupted);
            try
            {
                if (!lines.TryRead(out ReadOnlySpan<byte> line)) break;
                if (!json) record.Parse(line, separator);
                else if (line.IsEmpty) continue;
                else record.ParseJson(line);
            }
            catch (FormatException e)
            {
                Commit(appender, interrupted);
                throw new EngineException(
                    ErrorDomain.User,
                    string.Create(CultureInfo.InvariantCulture, $"line {lines.Number}: {e.Message}"),
                    $"The {Counted.Of(appender.Written, "record")} of the lines before it {(appender.Written == 1 ? "is" : "are")} written, it and what follows are not: mend it, and write from that line on.",
                    e);
            }

            Durably(appender, interrupted, add);
        }

        Commit(appender, interrupted);
    }

    private static void Commit(TopicAppender appender, Lock interrupted) => Durably(appender, interrupted, appender.Commit);

    /// <summary>Writes, and says how much is written when that fails: who begins again has to know where.</summary>
    private static void Durably(TopicAppender appender, Lock interrupted, Action write)
    {
        lock (interrupted)
        {
            try
            {
                write();
            }
            catch (EngineException e)
            {
                throw new EngineException(
                    e.Domain, e.Message, $"{Counted.Of(appender.Written, "record")} {(appender.Written == 1 ? "is" : "are")} written for certain; of the next ones, as many as a batch has may be. {e.Remedy}", e);
            }
        }
    }

    /// <summary>Commits what was read, says how much that was, and ends the process: its input may never end.</summary>
    private static void Stop(PosixSignalContext signal, TopicAppender appender, Lock interrupted)
    {
        signal.Cancel = true;
        lock (interrupted)
        {
            appender.Commit();
            Console.Error.WriteLine($"interrupted: {Counted.Of(appender.Written, "record")} {(appender.Written == 1 ? "is" : "are")} written");
            Environment.Exit(ExitCode.Interrupted);
        }
    }
}
