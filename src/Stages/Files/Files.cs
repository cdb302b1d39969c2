using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>Files as sources and sinks.</summary>
public static class Files
{
    /// <summary>
    /// Reads CSV files, compressed by gzip or not. A type marked <c>[CsvRecord]</c> is made by the mapper that the CsvHelper package generates for it;
    /// another by its constructor with the most parameters and its settable properties, each from the column of its name, where <c>unit_price</c> is
    /// <c>UnitPrice</c>. Records have the time at which they are read; <c>WithEventTime</c> gives them their own.
    /// </summary>
    /// <param name="path">
    /// A file, a folder, or a pattern: <c>in/*.csv.gz</c>, <c>in/**/*.csv</c>. Relative to the pipeline's folder. Each file is a partition; a pipeline that
    /// follows takes up files that come later, and lines that are added to plain ones.
    /// </param>
    /// <param name="options">How the files are written; with header and commas when null.</param>
    public static SourceDefinition<NoKey, T> Csv<T>(string path, CsvOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FileSourceDefinition<T>(path, new TypedCsvFormat<T>((options ?? CsvOptions.Default).Checked(path)));
    }

    /// <summary>Reads text files a line at a time, empty ones too.</summary>
    /// <inheritdoc cref="Csv{T}(string, CsvOptions?)" path="/param[@name='path']"/>
    public static SourceDefinition<NoKey, string> Lines(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FileSourceDefinition<string>(path, new LinesFormat<string>(CsvOptions.Default.RecordBytesMax, Serdes.String));
    }

    /// <summary>
    /// Writes each record's value as a line of JSON into files in a folder, exactly-once: what an epoch of a task writes is a file, which appears under its
    /// final name when the epoch is committed and is never changed after that. Names sort in the order in which a task wrote them.
    /// </summary>
    /// <param name="folder">The folder, below the data directory. Files that aren't published lie in <c>.staging</c> in it.</param>
    /// <param name="limits">When a file is closed and published; what the pipeline is set to when null.</param>
    public static ValueSinkDefinition<T> JsonLines<T>(string folder, StageLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return new JsonLinesDefinition<T>(folder, limits, json: null);
    }

    /// <summary>Reads files with a JSON value on each line.</summary>
    /// <param name="path">A file, a folder, or a pattern.</param>
    /// <param name="serde">Makes values of the lines; JSON by reflection when null.</param>
    public static SourceDefinition<NoKey, T> Json<T>(string path, ISerde<T>? serde = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FileSourceDefinition<T>(path, new JsonFormat<T>(CsvOptions.Default.RecordBytesMax, serde ?? JsonByReflection.For<T>()));
    }
}
