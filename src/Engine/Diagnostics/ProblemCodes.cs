namespace StreamEngine.Diagnostics;

/// <summary>
/// The codes of problems in what users wrote. They are part of the product's surface: editors and scripts match them, so a code is never given another
/// meaning. SE10xx: reading HOCON. SE11xx: settings. SE12xx: pipelines without code. SE13xx: what <c>check</c>
/// finds in plans and connections.
/// </summary>
internal static partial class ProblemCodes
{
}
