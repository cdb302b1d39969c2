using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Records.Data;

namespace StreamEngine.Tests.Records.Data;

/// <summary>Paths into records: read, followed, set and removed.</summary>
public sealed class DataPathTests
{
    private static readonly Gen<DataPath> Paths = Gen.Select(
        DataGenerators.Name,
        Gen.Frequency((3, DataGenerators.Name.Select(DataPathStep.Field)), (1, Gen.Int[0, 2].Select(DataPathStep.Item))).Array[0, 3],
        (first, rest) => new DataPath([DataPathStep.Field(first), .. rest]));

    private static readonly Gen<DataObject> Objects = DataGenerators.Object(DataGenerators.Json);

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a.b.c", "a.b.c")]
    [InlineData("lines[0].sku", "lines[0].sku")]
    [InlineData("a[1][2]", "a[1][2]")]
    [InlineData("\"odd name\".x", "\"odd name\".x")]
    [InlineData("`odd name`.x", "\"odd name\".x")]
    [InlineData("a[\"b.c\"]", "a.\"b.c\"")]
    [InlineData("\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\"")]
    [InlineData("order-id", "order-id")]
    [InlineData("größe.€", "größe.€")]
    public void Reads_a_path(string text, string canonical) => Assert.Equal(canonical, DataPath.Parse(text).ToString());

    [Theory]
    [InlineData("", "the name of a field is missing at the end")]
    [InlineData("a.", "the name of a field is missing at the end")]
    [InlineData(".a", "'.' at character 1 is no name of a field")]
    [InlineData("a..b", "'.' at character 3 is no name of a field")]
    [InlineData("[0]", "'[' at character 1 is no name of a field")]
    [InlineData("a b", "' ' at character 2 is no part of a path")]
    [InlineData("a[x]", "behind '[' at character 2 comes the number of an item, from 0, or a quoted name")]
    [InlineData("a[-1]", "behind '[' at character 2 comes the number of an item, from 0, or a quoted name")]
    [InlineData("a[0", "behind '[' at character 2 comes the number of an item, from 0, or a quoted name")]
    [InlineData("a[\"x\"", "']' is missing at character 5")]
    [InlineData("\"a", "the quote at character 1 isn't closed")]
    public void Says_where_and_why_a_text_is_no_path(string text, string problem) =>
        Assert.Equal(problem, Assert.Throws<FormatException>(() => DataPath.Parse(text)).Message);

    [Fact]
    public void Refuses_paths_beyond_the_limits()
    {
        Assert.Equal("a path has at most 32 steps", Assert.Throws<FormatException>(() => DataPath.Parse(string.Join('.', Enumerable.Repeat("a", 33)))).Message);
        Assert.Throws<FormatException>(() => DataPath.Parse(new string('a', 1025)));
    }

    [Fact]
    public void A_path_that_is_printed_is_read_as_itself() =>
        Paths.Sample(path => Assert.Equal(path, DataPath.Parse(path.ToString())), iter: PropertyRuns.Of(1000));

    [Theory]
    [InlineData("a", "1")]
    [InlineData("b.c", "2")]
    [InlineData("d[1].e", "3")]
    [InlineData("b.missing", "null")]
    [InlineData("a.c", "null")]
    [InlineData("d[2]", "null")]
    [InlineData("b[0]", "null")]
    [InlineData("d.e", "null")]
    public void Finds_what_is_at_a_path(string path, string value) => Assert.Equal(
        value, DataPath.Parse(path).Get(Object("{\"a\":1,\"b\":{\"c\":2},\"d\":[0,{\"e\":3}]}")).ToString());

    [Fact]
    public void A_tombstone_has_nothing_at_any_path() => Assert.True(DataPath.Parse("a").Get(null).IsNull);

    [Theory]
    [InlineData("{\"a\":1}", "a", "{\"a\":9}")]
    [InlineData("{\"a\":1}", "b", "{\"a\":1,\"b\":9}")]
    [InlineData("{}", "a.b.c", "{\"a\":{\"b\":{\"c\":9}}}")]
    [InlineData("{\"a\":null}", "a.b", "{\"a\":{\"b\":9}}")]
    [InlineData("{\"a\":[1,2]}", "a[1]", "{\"a\":[1,9]}")]
    [InlineData("{\"a\":[{\"b\":1}]}", "a[0].b", "{\"a\":[{\"b\":9}]}")]
    public void Sets_what_is_at_a_path(string json, string path, string expected)
    {
        DataObject before = Object(json);
        Assert.Equal(expected, DataJson.ToText(DataPath.Parse(path).Set(before, DataValue.Of(9)).ToValue()));
        Assert.Equal(json, DataJson.ToText(before.ToValue()));
    }

    [Theory]
    [InlineData("{\"a\":\"x\"}", "a.b", "a.b can't be set: a is the text 'x', no object")]
    [InlineData("{\"a\":1}", "a[0]", "a[0] can't be set: a is the integer 1, no list")]
    [InlineData("{}", "a[0]", "a[0] can't be set: a is null, no list")]
    [InlineData("{\"a\":[1]}", "a[1]", "a[1] can't be set: a is the list [1], a list of 1")]
    public void Says_what_is_in_the_way_of_setting(string json, string path, string message) =>
        Assert.Equal(message, Assert.Throws<DataException>(() => DataPath.Parse(path).Set(Object(json), DataValue.Of(9))).Message);

    [Fact]
    public void A_scalar_stays_one_until_it_gets_another_field()
    {
        DataObject scalar = DataObject.Scalar(DataValue.Of(1));
        Assert.Equal(DataObject.Scalar(DataValue.Of(9)), DataPath.Parse("value").Set(scalar, DataValue.Of(9)));
        Assert.Equal(Object("{\"value\":1,\"b\":9}"), DataPath.Parse("b").Set(scalar, DataValue.Of(9)));
    }

    [Fact]
    public void What_is_set_is_found_and_what_is_found_can_be_set_again() => Gen.Select(Objects, Paths, DataGenerators.Json).Sample(
        (before, path, value) =>
        {
            if (path.TryGet(before, out DataValue found)) Assert.Equal(before, path.Set(before, found));
            DataObject after;
            try
            {
                after = path.Set(before, value);
            }
            catch (DataException)
            {
                Assert.False(path.TryGet(before, out _));
                return;
            }

            Assert.Equal(value, path.Get(after));
            Assert.Equal(path.Set(before, DataValue.Of("other")), path.Set(after, DataValue.Of("other")));
        },
        iter: PropertyRuns.Of(3000));

    [Fact]
    public void What_is_removed_is_gone_and_nothing_else() => Gen.Select(Objects, Paths).Sample(
        (before, path) =>
        {
            DataObject after = path.Remove(before);
            if (!path.TryGet(before, out DataValue found))
            {
                Assert.Same(before, after);
                return;
            }

            DataPathStep last = path.Steps.Last();
            if (last.Name is not null) Assert.False(path.TryGet(after, out _));
            DataValue owner = path.Steps.Count() == 1 ? DataValue.Of(before) : new DataPath([.. path.Steps.SkipLast(1)]).Get(before);
            DataValue left = path.Steps.Count() == 1 ? DataValue.Of(after) : new DataPath([.. path.Steps.SkipLast(1)]).Get(after);
            Assert.Equal(Count(owner) - 1, Count(left));
        },
        iter: PropertyRuns.Of(3000));

    [Fact]
    public void Finds_fields_in_many_shapes_in_turn()
    {
        var path = DataPath.Parse("x");
        DataObject[] objects = [.. Enumerable.Range(0, 40).Select(n => new DataObject(
            new DataShape([.. Enumerable.Range(0, n).Select(i => $"f{i}"), "x"]), [.. Enumerable.Repeat(DataValue.Null, n), DataValue.Of(n)]))];
        for (int n = 0; n < 400; n++) Assert.Equal(DataValue.Of(n % 40), path.Get(objects[n % 40]));
    }

    [Fact]
    public void Finding_a_field_allocates_nothing()
    {
        var path = DataPath.Parse("b.c");
        DataObject value = Object("{\"a\":1,\"b\":{\"c\":2}}");
        path.Get(value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 1000; n++) path.Get(value);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int Count(DataValue value) => value.Kind == DataKind.List ? value.AsList().Length : value.AsObject().Shape.Count;

    private static DataObject Object(string json) => DataJson.Read(json).AsObject();
}
