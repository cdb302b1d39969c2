using StreamEngine.Contracts;

namespace StreamEngine.Conformance;

// Topics: made, found, listed, deleted, made anew.
public abstract partial class LogConformance
{
    [SkippableFact]
    public void When_a_topic_is_made_then_it_is_found_as_it_was_asked_for()
    {
        var spec = new TopicSpec($"streamengine.sales.{Name("orders")}", 3)
        {
            RetentionTime = TimeSpan.FromDays(7),
            RetentionBytes = 1L << 40,
            Compacted = true,
            KeyFormat = "string",
            ValueFormat = "json",
            Owner = "sales",
        };

        TopicInfo made = Log.Create(spec);

        Assert.Equal(factory.KeepsFormats ? spec : spec with { KeyFormat = "", ValueFormat = "" }, made.Spec);
        Assert.Equal(made, Log.Find(spec.Name));
        Assert.Equal(3, made.Partitions);
        Assert.All(Enumerable.Range(0, 3), partition => Assert.Equal(new PartitionRange(0, 0, 0), Log.Range(made, partition)));
    }

    [SkippableFact]
    public void When_there_is_no_such_topic_then_none_is_found() => Assert.Null(Log.Find(Name("nothing")));

    [SkippableFact]
    public void When_topics_are_listed_then_they_come_in_the_order_of_their_names()
    {
        string[] names = [Name("b"), Name("a"), Name("C"), Name("a-b"), Name("a.b")];
        foreach (string name in names) Log.Create(new TopicSpec(name));

        string[] listed = [.. Log.Topics().Select(topic => topic.Name).Where(names.Contains)];

        Assert.Equal(names.Order(StringComparer.Ordinal), listed);
    }

    [SkippableFact]
    public void When_there_is_a_topic_of_that_name_then_another_is_refused()
    {
        TopicInfo first = Topic("orders");

        var error = Assert.Throws<TopicException>(() => Topic("orders", 2));

        Assert.Contains(first.Name, error.Message, StringComparison.Ordinal);
        Assert.Equal(first, Log.Find(first.Name));
    }

    [SkippableTheory]
    [InlineData("", 1)]
    [InlineData(".", 1)]
    [InlineData("..", 1)]
    [InlineData("a b", 1)]
    [InlineData("a/b", 1)]
    [InlineData("a\0b", 1)]
    [InlineData("größe", 1)]
    [InlineData("orders", 0)]
    [InlineData("orders", -1)]
    [InlineData("orders", TopicSpec.PartitionsMax + 1)]
    public void When_a_name_or_a_number_of_partitions_is_not_allowed_then_the_topic_is_refused(string name, int partitions)
    {
        Assert.Throws<TopicException>(() => Log.Create(new TopicSpec(name, partitions)));

        Assert.DoesNotContain(Log.Topics(), topic => topic.Name == name);
    }

    [SkippableFact]
    public void When_a_name_has_249_characters_then_it_is_allowed_and_no_longer_one_is()
    {
        string longest = Name(new string('n', TopicSpec.NameLengthMax - 9));
        Assert.Equal(TopicSpec.NameLengthMax, longest.Length);

        Assert.Equal(longest, Log.Create(new TopicSpec(longest)).Name);
        Assert.Throws<TopicException>(() => Log.Create(new TopicSpec(longest + "n")));
    }

    [SkippableFact]
    public void When_several_threads_make_one_topic_then_one_of_them_does()
    {
        int made = 0, refused = 0;

        Parallel.For(0, 8, _ =>
        {
            try
            {
                Topic("orders");
                Interlocked.Increment(ref made);
            }
            catch (TopicException)
            {
                Interlocked.Increment(ref refused);
            }
        });

        Assert.Equal((1, 7), (made, refused));
    }

    [SkippableFact]
    public async Task When_a_topic_is_deleted_then_it_is_gone_with_its_records()
    {
        TopicInfo topic = Topic("orders");
        await (await TaskAsync()).CommitAsync(topic, 0, Records("a"));

        Delete(topic);

        Assert.DoesNotContain(Log.Topics(), other => other.Name == topic.Name);
        Assert.Throws<TopicException>(() => Log.Range(topic, 0));
        Assert.Throws<TopicException>(() => Log.OffsetAt(topic, 0, 0));
        Assert.Throws<TopicException>(() => ReadFrom(topic, 0, 0));
    }

    [SkippableFact]
    public void When_a_deleted_topic_is_deleted_again_then_nothing_happens()
    {
        TopicInfo topic = Topic("orders");
        Delete(topic);

        Log.Delete(topic);

        Assert.Null(Log.Find(topic.Name));
    }

    [SkippableFact]
    public async Task When_a_topic_is_made_anew_then_it_is_another_one_without_records()
    {
        TopicInfo old = Topic("orders");
        TestTask task = await TaskAsync();
        await task.CommitAsync(old, 0, Records("a", "b"));
        Delete(old);

        TopicInfo anew = Log.Create(old.Spec);

        Assert.NotEqual(old.Id, anew.Id);
        Assert.NotEqual(old.Number, anew.Number);
        Assert.Equal(new PartitionRange(0, 0, 0), Log.Range(anew, 0));
        Assert.Empty(Read(anew));
        await task.CommitAsync(anew, 0, Records("c"));
        Assert.Equal(Records("c"), Read(anew));
    }

    [SkippableFact]
    public async Task When_a_topic_was_made_anew_then_the_old_one_stays_gone()
    {
        TopicInfo old = Topic("orders");
        Delete(old);
        TopicInfo anew = Log.Create(old.Spec);
        TestTask task = await TaskAsync();

        Assert.Throws<TopicException>(() => Log.Range(old, 0));
        Assert.Throws<TopicException>(() => ReadFrom(old, 0, 0));
        await Assert.ThrowsAnyAsync<Exception>(() => task.CommitAsync(old, 0, Records("late")));
        Log.Delete(old);

        Assert.Equal(anew, Log.Find(anew.Name));
        Assert.Empty(Read(anew));
    }

    [SkippableTheory]
    [InlineData(-1)]
    [InlineData(2)]
    public void When_a_topic_has_no_such_partition_then_that_is_said(int partition)
    {
        TopicInfo topic = Topic("orders", 2);

        Assert.Throws<TopicException>(() => Log.Range(topic, partition));
        Assert.Throws<TopicException>(() => ReadFrom(topic, partition, 0));
    }
}
