using StreamEngine.Diagnostics;

namespace StreamEngine.State;

/// <summary>
/// The local copies of states are not what was written. Nothing is lost, for they are only copies: a restart begins them anew, so it is worth trying.
/// </summary>
internal sealed class LocalStateDamagedException(string message, Exception? inner = null)
    : EngineException(ErrorDomain.Data, message, "Nothing needs to be done for the data: the copies are made again from their changelogs. Look at the disk.", inner)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
