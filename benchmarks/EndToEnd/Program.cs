using StreamEngine.Benchmarks;

// dotnet run -c Release --project benchmarks/EndToEnd -- append|copy|count|main-job|all|memory [--repeats N] [--records N]
// Those on a Kafka cluster: see Kafka/KafkaBenchmarks.cs.
return await BenchmarkProgram.RunAsync(args);
