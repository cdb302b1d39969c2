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
        return new FileSourceDefinition<T>(path, new CsvFormat<T>((options ?? CsvOptions.Default).Checked(path)));
    }

    /// <summary>Reads text files a line at a time, empty ones too.</summary>
    /// <inheritdoc cref="Csv{T}(string, CsvOptions?)" path="/param[@name='path']"/>
    public static SourceDefinition<NoKey, string> Lines(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FileSourceDefinition<string>(path, new LinesFormat(CsvOptions.Default.RecordBytesMax));
    }

    /// <summary>Reads files with a JSON value on each line.</summary>
    /// <inheritdoc cref="Csv{T}(string, CsvOptions?)" path="/param[@name='path']"/>
    public static SourceDefinition<NoKey, T> Json<T>(string path, ISerde<T>? serde = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FileSourceDefinition<T>(path, new JsonFormat<T>(CsvOptions.Default.RecordBytesMax, serde ?? new SerdeRegistry().For<T>()));
    }
}
