using Akka.Configuration;
using Akka.Configuration.Hocon;
using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Repo.Tests;

/// <summary>The reference of settings: that each key means something.</summary>
public sealed class SettingsTests
{
    /// <summary>Fits no number, size, duration or choice; a setting that takes any text takes it too, and is seen to have changed.</summary>
    private const string Nonsense = "?-neither-number-nor-choice";

    public static TheoryData<string> Keys => [.. KeysOf(ConfigurationFactory.ParseString(Repository.Text("hocon/reference.conf")).Root, "")];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_of_the_reference_is_read(string key)
    {
        EngineSettings changed;
        try
        {
            changed = EngineSettings.Parse($"{key} = \"{Nonsense}\"", "a test");
        }
        catch (EngineException e)
        {
            Assert.Contains(key, e.Message, StringComparison.Ordinal);
            Assert.Contains(Nonsense, e.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Contains(Nonsense, Shown(changed), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_that_is_read_is_in_the_reference()
    {
        // A reader refuses a key that isn't there, so reading all of them is the test.
        Assert.DoesNotContain(Nonsense, Shown(EngineSettings.Load()), StringComparison.Ordinal);
    }

    private static string Shown(EngineSettings settings) => string.Join('\n', settings.Log, settings.Journal, settings.Checkpoints, settings.Logging, settings.Defaults);

    private static IEnumerable<string> KeysOf(HoconValue value, string path) => value.IsObject()
        ? value.GetObject().Items.SelectMany(item => KeysOf(item.Value, path.Length == 0 ? item.Key : $"{path}.{item.Key}"))
        : [path];
}
