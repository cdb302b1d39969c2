using StreamEngine.Diagnostics;

namespace StreamEngine.Tests.Diagnostics;

/// <summary>How a place to die at is named; that a process dies there is shown by the tests that need it.</summary>
public sealed class CrashPointsTests
{
    public static TheoryData<string> Names => [.. CrashPoints.All];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_place_can_be_armed_for_its_first_time_or_a_later_one(string name)
    {
        Assert.Equal((name, 1), CrashPoints.Parse(CrashPoints.Variable, name));
        Assert.Equal((name, 12), CrashPoints.Parse(CrashPoints.Variable, $"{name}:12"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Nothing_arms_nothing(string? armed) => Assert.Equal(("", 0), CrashPoints.Parse(CrashPoints.Variable, armed));

    [Theory]
    [InlineData("after-sea")]
    [InlineData("AFTER-SEAL")]
    [InlineData(" after-seal")]
    [InlineData(":1")]
    public void An_unknown_place_is_refused_and_those_there_are_are_named(string armed)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => CrashPoints.Parse(CrashPoints.Variable, armed));

        Assert.Contains($"{CrashPoints.Variable}={armed}", error.Message, StringComparison.Ordinal);
        Assert.All(CrashPoints.All, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("after-seal:")]
    [InlineData("after-seal:0")]
    [InlineData("after-seal:-1")]
    [InlineData("after-seal:x")]
    [InlineData("after-seal:1:2")]
    [InlineData("after-seal:99999999999")]
    public void A_time_that_is_none_is_refused(string armed) =>
        Assert.Contains("from 1", Assert.Throws<ArgumentException>(() => CrashPoints.Parse(CrashPoints.Variable, armed)).Message, StringComparison.Ordinal);

    [Fact]
    public void No_two_places_have_one_name() => Assert.Equal(CrashPoints.All.Distinct(), CrashPoints.All);

    [Fact]
    public void A_place_that_is_not_armed_is_passed() => CrashPoints.Pass(CrashPoints.AfterSeal);
}
