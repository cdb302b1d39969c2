using StreamEngine.Contracts.Catalogue;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Settings.Hocon;
using StreamEngine.Settings.Options;

namespace StreamEngine.Settings;

/// <summary>What the engine is set to: the reference, and what files, the environment and the command line give over it.</summary>
internal sealed class EngineSettings
{
    /// <summary>The block of the engine's settings.</summary>
    public const string Root = "stream-engine";

    private readonly SettingsCatalog catalog = new();
    private readonly ProblemList problems;
    private readonly HoconDocument document;
    private readonly Func<string, string?> environment;
    private readonly SourcePlace transactionTimeout;

    private EngineSettings(HoconDocument document, Func<string, string?> environment)
    {
        this.document = document;
        this.environment = environment;
        problems = NewProblems();
        HoconObject resolved = document.Resolve(environment);
        Resolved = resolved;
        var reader = new SettingsReader([new SettingsLayer(Root, OwnBlock(resolved))], Root, new OptionReading(problems), catalog);
        Log = LogSettings.Read(reader.Section("log"));
        transactionTimeout = reader.Section("log").Section("kafka").PlaceOf("transaction.timeout");
        Journal = JournalSettings.Read(reader.Section("journal"));
        Checkpoints = CheckpointSettings.Read(reader.Section("checkpoints"));
        if (Log.IsKafka && Checkpoints.Interval > TimeSpan.Zero)
        {
            problems.Warn(
                ProblemCodes.Conflict,
                reader.Section("checkpoints").PlaceOf("interval"),
                "stream-engine.checkpoints.interval changes nothing where log.kind = kafka: checkpoints are copies of the embedded log",
                "Leave it out; Kafka keeps copies itself, on as many brokers as topics have replicas.");
        }

        Logging = LoggingSettings.Read(reader.Section("logging"));
        Defaults = PipelineSettings.Read(reader.Section("pipeline"));
        Clusters = ClusterSettings.Read(resolved.Find(ClusterSettings.Path.Split('.')), Log.Kafka.TransactionTimeout, problems);
        new SettingsCheck(catalog, problems).Run(resolved);
        foreach (HoconField pipeline in Pipelines) ReadBlocks(pipeline);
    }

    /// <summary>All layers merged and resolved, with what is not the engine's too.</summary>
    public HoconObject Resolved { get; }

    public LogSettings Log { get; }

    public JournalSettings Journal { get; }

    public CheckpointSettings Checkpoints { get; }

    public LoggingSettings Logging { get; }

    /// <summary>What pipelines have that set nothing themselves.</summary>
    public PipelineSettings Defaults { get; }

    /// <summary>Named Kafka clusters, by their names.</summary>
    public IReadOnlyDictionary<string, NamedCluster> Clusters { get; }

    /// <summary>The blocks of single pipelines, by their names.</summary>
    public IEnumerable<HoconField> Pipelines => Resolved.Find(Root, "pipelines")?.Value as HoconObject ?? HoconObject.Empty;

    /// <summary>All settings there are, by their paths.</summary>
    public SettingsCatalog Catalog => catalog;

    /// <summary>What is no error, and should be said.</summary>
    public IReadOnlyList<Problem> Warnings => [.. problems.Warnings];

    /// <summary>What is handed on to Akka.NET, as text.</summary>
    public string Akka => Resolved.TryGet("akka", out HoconField? akka) && akka.Value is HoconObject block
        ? HoconWriter.ToHocon(new HoconObject([new HoconField("akka", block, akka.KeyPlace)], akka.KeyPlace))
        : "";

    /// <summary>Reads the settings of all layers.</summary>
    /// <param name="sources">The layers over the reference.</param>
    /// <param name="others">Finds what is wrong in the parts that somebody else reads, so that it is said in the same pass.</param>
    /// <exception cref="ProblemException">Something in them is wrong; all of it is said.</exception>
    public static EngineSettings Load(SettingsSources? sources = null, Action<EngineSettings, ProblemList>? others = null)
    {
        sources ??= new SettingsSources();
        var settings = new EngineSettings(sources.Merge(), sources.Lookup);
        others?.Invoke(settings, settings.problems);
        settings.problems.ThrowIfErrors();
        return settings;
    }

    /// <summary>Reads the reference, and a text over it.</summary>
    /// <exception cref="ProblemException">Something in it is wrong; all of it is said.</exception>
    public static EngineSettings Parse(string text, string origin) => Load(new SettingsSources { Text = (text, origin) });

    /// <summary>The settings of a pipeline: the defaults, what its code says over them, and what is given for it over that.</summary>
    /// <exception cref="ProblemException">Its code sets something that is no setting, or no value of it.</exception>
    public PipelineSettings For(PipelineDefinition pipeline)
    {
        ProblemList found = NewProblems();
        SourcePlace place = CodeOf(pipeline);
        HoconObject code = HoconDocument.OfFields(pipeline.Settings.Select(setting => ((IReadOnlyList<string>)setting.Key.Split('.'), setting.Value, place))).Resolve(_ => null);
        new SettingsCheck(catalog, found).RunCode(code, pipeline.Name.Value);
        SettingsReader reader = ReaderOf(found).Under(new SettingsLayer(BlockPath(pipeline.Name.Value), code));
        if (BlockOf(pipeline.Name.Value) is { } block) reader = reader.Under(block);
        PipelineSettings settings = PipelineSettings.Read(reader);
        found.ThrowIfErrors();
        return settings;
    }

    /// <summary>All layers, with what the code of pipelines sets below them: what is in effect, and where it comes from.</summary>
    public HoconObject WithCode(IEnumerable<PipelineDefinition> pipelines) => document.Over(HoconDocument.OfFields(
        from pipeline in pipelines
        from setting in pipeline.Settings
        select ((IReadOnlyList<string>)[Root, "pipelines", pipeline.Name.Value, .. setting.Key.Split('.')], setting.Value, CodeOf(pipeline)))).Resolve(environment);

    /// <summary>Plans a pipeline as it is set, and checks that what is given for its parts belongs to parts it has.</summary>
    /// <exception cref="EngineException">It can't be planned.</exception>
    /// <exception cref="ProblemException">It has no such subgraph or stage, or that has no such setting; or its code sets what is none.</exception>
    public (PipelinePlan Plan, PipelineSettings Settings) Plan(PipelineDefinition pipeline)
    {
        PipelineSettings settings = For(pipeline);
        PipelinePlan plan = Planner.Plan(pipeline, settings.Guarantee, settings.InternalTopics.Partitions);
        if (BlockOf(plan.Name.Value) is not { } block) return (plan, Checked(plan, settings.For(plan)));
        ProblemList found = NewProblems();
        new SettingsCheck(catalog, found).RunParts(block, plan);
        found.ThrowIfErrors();
        settings = settings.For(plan);
        settings.ThrowIfErrors();
        return (plan, Checked(plan, settings));
    }

    /// <summary>Checks the names of pipelines that settings are given for: one that is near to a pipeline there is was meant to be it.</summary>
    /// <param name="names">The pipelines there are.</param>
    /// <returns>Warnings.</returns>
    /// <exception cref="ProblemException">A name is misspelt.</exception>
    public IReadOnlyList<Problem> CheckNames(IReadOnlyCollection<string> names)
    {
        ProblemList found = NewProblems();
        foreach (HoconField given in Pipelines.Where(given => !names.Contains(given.Name)))
        {
            if (NearestKey.To(given.Name, names) is { } nearest)
            {
                found.Add(ProblemCodes.NoSuchPart, given.KeyPlace, $"there is no pipeline {given.Name}; did you mean {nearest}?", $"There are {string.Join(", ", names)}.");
            }
            else
            {
                found.Warn(ProblemCodes.NoSuchPart, given.KeyPlace, $"there is no pipeline {given.Name} here; its settings change nothing", $"There are {string.Join(", ", names)}.");
            }
        }

        found.ThrowIfErrors();
        return found.All;
    }

    /// <summary>A list of problems that shows their lines as they are written here.</summary>
    public ProblemList NewProblems() => new(document.LineAt);

    private static SourcePlace CodeOf(PipelineDefinition pipeline) => new($"pipeline {pipeline.Name}, in code", 0, 0);

    private static string BlockPath(string pipeline) => $"{Root}.pipelines.{pipeline}";

    private SettingsLayer? BlockOf(string pipeline) =>
        Resolved.Find(Root, "pipelines", pipeline)?.Value is HoconObject block ? new SettingsLayer(BlockPath(pipeline), block) : null;

    private SettingsReader ReaderOf(ProblemList found) =>
        new([new SettingsLayer($"{Root}.pipeline", (HoconObject)Resolved.Find(Root, "pipeline")!.Value)], $"{Root}.pipeline", new OptionReading(found), catalog);

    /// <summary>Reads what is given for a pipeline and its parts, so that what is wrong there is found before any pipeline is known.</summary>
    private void ReadBlocks(HoconField pipeline)
    {
        if (pipeline.Value is not HoconObject block) return;
        SettingsReader reader = ReaderOf(problems).Under(new SettingsLayer(BlockPath(pipeline.Name), block));
        PipelineSettings settings = PipelineSettings.Read(reader);
        foreach (HoconField part in block.Where(field => field.Value is HoconObject && !SettingsCheck.IsOwnBlock(field.Name, catalog))) settings.ForSubgraph(part.Name);
    }

    /// <summary>Checks that the epochs of a pipeline fit into transactions, where they are filled into one.</summary>
    private PipelineSettings Checked(PipelinePlan plan, PipelineSettings settings)
    {
        foreach (SubgraphPlan subgraph in plan.Subgraphs)
        {
            TransactionLimit? limit = subgraph.CommitPoint switch
            {
                LogCommitPoint when Log.IsKafka => new TransactionLimit(Log.Kafka.TransactionTimeout, "log.kafka.transaction.timeout"),
                DatabaseCommitPoint elsewhere => elsewhere.LimitOfTransactions(),
                _ => null,
            };
            if (limit is not null) settings.ForSubgraph(subgraph.Name).CheckTransaction(limit, ClusterSettings.PlaceOfTimeout(Resolved, limit.Setting) ?? transactionTimeout);
        }

        settings.ThrowIfErrors();
        return settings;
    }

    private HoconObject OwnBlock(HoconObject resolved)
    {
        if (resolved.Find(Root) is not { } own) return HoconObject.Empty;
        if (own.Value is HoconObject block) return block;
        problems.Add(ProblemCodes.WrongForm, own.Value.Place, $"{Root} has settings of its own and no value", $"Write {Root} {{ ... }}.");
        throw new ProblemException(problems.All);
    }
}
