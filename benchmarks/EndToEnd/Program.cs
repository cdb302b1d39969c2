using System.Diagnostics;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

string dir = Path.Combine(Path.GetTempPath(), "se-bench-" + Guid.NewGuid().ToString("N")[..8]);
int chunkCount = 4000;
byte[] value = new byte[100];
new Random(1).NextBytes(value);
for (int rep = 0; rep < 5; rep++)
{
    bool skipRaw = args.Contains("log"), skipLog = args.Contains("raw");
    // raw
    string raw = dir + "-raw" + rep;
    double rawRate, logRate;
    using (var db = RocksDatabase.Open(raw, LogLayout.Families, new RocksMemory(32 << 20, 64 << 20)))
    {
        var tw = new Stopwatch(); using var batch = db.NewBatch();
        byte[] chunk = new byte[110_000];
        new Random(1).NextBytes(chunk);
        long t = Stopwatch.GetTimestamp();
        var cpu0 = Process.GetCurrentProcess().TotalProcessorTime;
        for (int i = 0; i < chunkCount && !skipRaw; i += 4)
        {
            batch.Clear();
            for (int j = 0; j < 4; j++) batch.Put(LogLayout.Chunks, LogLayout.ChunkKey(1, j, i * 1000L), chunk);
            tw.Start(); db.Write(batch); tw.Stop();
        }
        rawRate = chunkCount * 1000 / Stopwatch.GetElapsedTime(t).TotalSeconds;
        Console.Write($"write {tw.Elapsed.TotalSeconds:F2} raw {rawRate / 1e6:F2} M/s cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu0).TotalSeconds:F2}s   ");
    }
    if (!skipLog) using (var log = EmbeddedLog.Open(dir + "-log" + rep))
    {
        TopicInfo topic = log.Create(new TopicSpec("t", 4));
        TopicInfo dead = log.Create(new TopicSpec("d"));
        var name = new PipelineName("p");
        StartId start = StartId.New();
        log.WriteHome(name, start, new byte[1], 0);
        var claim = new TaskClaim(new TaskId(name, "s", 0), start, new Generation(1), 1);
        using ILogSession session = log.OpenSession(claim, dead);
        await session.BeginAsync([], default);
        ITopicWriter writer = session.OpenWriter(topic);
        var pool = new ChunkPool();
        long t = Stopwatch.GetTimestamp();
        var cpu0 = Process.GetCurrentProcess().TotalProcessorTime;
        Epoch epoch = Epoch.None;
        Task last = Task.CompletedTask; EpochCommit? pending = null;
        double build = 0, wait = 0;
        for (int i = 0; i < chunkCount; i += 4)
        {
            long tb = Stopwatch.GetTimestamp();
            for (int p = 0; p < 4; p++)
            {
                var builder = new ChunkBuilder(pool, p);
                for (int r = 0; r < 1000; r++) builder.Append(value.AsSpan(0, 8), true, value, true, r);
                writer.Write(builder.Take()!);
            }
            build += Stopwatch.GetElapsedTime(tb).TotalSeconds; tb = Stopwatch.GetTimestamp();
            last.GetAwaiter().GetResult(); pending?.Release(); wait += Stopwatch.GetElapsedTime(tb).TotalSeconds;
            epoch = epoch.Next();
            pending = new EpochCommit(claim, epoch, []) { Outputs = [writer.Seal()] };
            last = session.CommitAsync(pending, default);
        }
        await last; pending?.Release();
        logRate = chunkCount * 1000 / Stopwatch.GetElapsedTime(t).TotalSeconds;
        Console.Write($"log {logRate / 1e6:F2} M/s cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu0).TotalSeconds:F2}s ratio {logRate / rawRate:F2}  out {pool.Outstanding} build {build:F2} wait {wait:F2} "); Console.Write($"");
        t = Stopwatch.GetTimestamp();
        using ILogReader reader = log.OpenReader(pool);
        for (int p = 0; p < 4; p++) reader.Assign(topic, p, 0);
        long n = 0;
        while (n < chunkCount * 1000) { var c = reader.Poll(TimeSpan.FromSeconds(1))!.Value; var r = new ChunkReader(c.Chunk); while (r.MoveNext()) n++; c.Chunk.Release(); }
        Console.WriteLine($" read {n / Stopwatch.GetElapsedTime(t).TotalSeconds / 1e6:F2} M/s");
    }
    foreach (string d in Directory.GetDirectories(Path.GetTempPath(), Path.GetFileName(dir) + "*")) Directory.Delete(d, true);
}
