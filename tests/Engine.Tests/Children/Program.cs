using StreamEngine.Log;

namespace StreamEngine.Tests.Children;

/// <summary>What this assembly does when a test starts it as a process of its own.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["append", var path]:
                await AppendingChild.RunAsync(path);
                return 0;
            case ["copy", var path]:
                CopyingChild.Run(path);
                return 0;
            case ["hold", var path]:
                using (DataDirectory.Open(path))
                {
                    Console.WriteLine("held");
                    await Console.In.ReadToEndAsync();
                    return 0;
                }

            default:
                await Console.Error.WriteLineAsync("append LOG | copy STATE | hold DATA-DIRECTORY");
                return 2;
        }
    }
}
