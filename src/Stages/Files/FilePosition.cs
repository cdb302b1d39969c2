using System.Globalization;
using System.Security.Cryptography;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>
/// A place in a file: the next byte to read, of the decompressed content, and its line. It names the file by a hash of its first bytes, as
/// far as they were read when the position was taken, so that a file which has grown, or was mended behind the place, is the same and one that was
/// replaced is not.
/// </summary>
/// <param name="Identity">Which file: <c>sha256:BYTES:HASH</c>.</param>
/// <param name="Byte">The next byte, counted from 0.</param>
/// <param name="Line">The line it is in, counted from 1.</param>
/// <param name="CompleteLength">For a compressed file that was read to its end: its length in bytes then. Else null.</param>
internal sealed record FilePosition(string Identity, long Byte, long Line, long? CompleteLength = null)
{
    /// <summary>The most bytes that a file is known by.</summary>
    public const int IdentityBytesMax = 64 * 1024;

    private const string Scheme = "sha256";

    /// <summary>The beginning of a file that nobody has looked into yet.</summary>
    public static FilePosition Start { get; } = new(IdentityOf([]), 0, 1);

    /// <summary>How many first bytes of the file the identity covers.</summary>
    public int IdentityBytes => int.Parse(Identity.Split(':')[1], CultureInfo.InvariantCulture);

    /// <summary>The identity of a file that begins with these bytes.</summary>
    public static string IdentityOf(ReadOnlySpan<byte> first)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(first, hash);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}:{first.Length}:{Convert.ToHexStringLower(hash)}");
    }

    /// <summary>Reads a position.</summary>
    /// <exception cref="EngineException">It is none of a file.</exception>
    public static FilePosition Parse(Position position)
    {
        string[] into = position.Into.Split(':');
        string[] at = position.At.Split(':');
        long line = 0, complete = 0;
        bool isGood = into.Length == 3 && into[0] == Scheme
            && int.TryParse(into[1], NumberStyles.None, CultureInfo.InvariantCulture, out int known) && known <= IdentityBytesMax
            && at.Length is 2 or 4
            && long.TryParse(at[1], NumberStyles.None, CultureInfo.InvariantCulture, out line)
            && (at.Length == 2 || (at[2] == "end" && long.TryParse(at[3], NumberStyles.None, CultureInfo.InvariantCulture, out complete)));
        return isGood && long.TryParse(at[0], NumberStyles.None, CultureInfo.InvariantCulture, out long next)
            ? new FilePosition(position.Into, next, line, at.Length == 4 ? complete : null)
            : throw new EngineException(
                ErrorDomain.Data,
                $"position {position} is none in a file",
                "The stage's name may have belonged to another kind of source: give the stage another name, or reset the pipeline.");
    }

    /// <summary>The position as it is committed.</summary>
    public Position ToPosition() => new(
        Identity, string.Create(CultureInfo.InvariantCulture, $"{Byte}:{Line}{(CompleteLength is { } length ? $":end:{length}" : "")}"));
}
