using StreamEngine.Benchmarks;

// dotnet run -c Release --project benchmarks/EndToEnd -- append|copy|count|memory|main-job|all [--repeats N] [--records N]
return await BenchmarkProgram.RunAsync(args);
