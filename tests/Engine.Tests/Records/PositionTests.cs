using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

/// <summary>Positions are written with every commit, so none may be longer than its limit.</summary>
public sealed class PositionTests
{
    [Fact]
    public void A_position_as_long_as_may_be_is_taken()
    {
        var position = new Position(new string('a', Position.LengthMax - 3), "123");

        Assert.Equal(Position.LengthMax, position.Into.Length + position.At.Length);
    }

    [Theory]
    [InlineData(Position.LengthMax, 1)]
    [InlineData(1, Position.LengthMax)]
    [InlineData(Position.LengthMax / 2, (Position.LengthMax / 2) + 1)]
    public void A_longer_one_is_refused_and_says_which_it_is(int into, int at)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Position(new string('a', into), new string('1', at)));

        Assert.Contains($"{Position.LengthMax + 1} characters", error.Message, StringComparison.Ordinal);
        Assert.Contains("it begins a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_are_equal_by_both_parts()
    {
        Assert.Equal(new Position("topic:1", "7"), new Position("topic:1", "7"));
        Assert.NotEqual(new Position("topic:1", "7"), new Position("topic:2", "7"));
        Assert.NotEqual(new Position("topic:1", "7"), new Position("topic:1", "8"));
    }
}
