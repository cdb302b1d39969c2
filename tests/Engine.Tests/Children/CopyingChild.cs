using StreamEngine.State;
using StreamEngine.Tests.State;

namespace StreamEngine.Tests.Children;

/// <summary>Writes rounds to local copies of states as fast as it can until it is killed, and says the number of each that was written.</summary>
internal static class CopyingChild
{
    public static void Run(string path)
    {
        using LocalStateStore store = LocalStateStore.Open(path, LocalStateRounds.Options);
        var rounds = new LocalStateRounds(store);
        while (true) Console.WriteLine(rounds.Write());
    }
}
