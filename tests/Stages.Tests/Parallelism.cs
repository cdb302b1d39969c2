// Most of these tests wait for a broker rather than for the processor.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]
