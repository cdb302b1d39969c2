using StreamEngine.Contracts.Catalogue;
using StreamEngine.Settings.Hocon;
using StreamEngine.Settings.Options;

namespace StreamEngine.Hosting.Composing;

/// <summary>A block of a pipeline with the component it names: a source, a transform or a sink.</summary>
/// <param name="Component">The component.</param>
/// <param name="Options">Its options, as they were given.</param>
/// <param name="Block">The block.</param>
/// <param name="Stage">The name of its stage; null leaves it to what the stage does.</param>
/// <param name="StagePlace">Where that is written.</param>
internal sealed record Part<TComponent>(TComponent Component, OptionBlock Options, HoconObject Block, string? Stage, SourcePlace StagePlace)
    where TComponent : ComponentDefinition;
