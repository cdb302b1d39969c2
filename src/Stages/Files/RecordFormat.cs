using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>How the bytes of a file are split into records. Thread-safe.</summary>
internal abstract class RecordFormat
{
    /// <summary>Whether the first record tells how the others are to be read.</summary>
    public abstract bool HasHeader { get; }

    /// <summary>The longest record, in bytes.</summary>
    public abstract int RecordBytesMax { get; }

    /// <summary>Finds the end of the record that a window begins with.</summary>
    /// <param name="data">The window.</param>
    /// <param name="isLast">Whether nothing follows behind it.</param>
    /// <param name="extent">The record; where it is malformed, the line it begins with.</param>
    /// <param name="cause">What is malformed.</param>
    public abstract RecordKind Split(ReadOnlySpan<byte> data, bool isLast, out RecordExtent extent, out string? cause);
}

/// <summary>How the bytes of a file are records of a type. Thread-safe; what belongs to one file is its decoder.</summary>
/// <typeparam name="T">The type of the records.</typeparam>
internal abstract class RecordFormat<T> : RecordFormat
{
    /// <summary>What reads the records of one file.</summary>
    /// <param name="file">How errors name the file.</param>
    /// <param name="header">Its first record; empty where there is no header.</param>
    /// <exception cref="EngineException">Records of the type can't be made from such a file.</exception>
    public abstract RecordDecoder<T> CreateDecoder(string file, ReadOnlySpan<byte> header);
}

/// <summary>Makes values of the records of a file. Used by one thread.</summary>
/// <typeparam name="T">The type of the records.</typeparam>
internal abstract class RecordDecoder<T> : IDisposable
{
    /// <summary>Begins a run of records.</summary>
    /// <param name="block">A line break, and then the records with whatever empty lines are between them; UTF-8 throughout.</param>
    public abstract void Open(ReadOnlyMemory<byte> block);

    /// <summary>Makes a value of the next record.</summary>
    /// <param name="record">Its bytes without its line break, valid during the call.</param>
    /// <exception cref="Exception">It can't be made.</exception>
    public abstract T Next(ReadOnlyMemory<byte> record);

    /// <summary>Says of what <see cref="Next"/> threw which part of the record it is about.</summary>
    public abstract string Explain(Exception error);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
