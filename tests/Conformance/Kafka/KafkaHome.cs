using System.Diagnostics;

namespace StreamEngine.Conformance.Kafka;

/// <summary>A distribution of Apache Kafka on this machine, which KAFKA_HOME names, and the Java to run it.</summary>
internal static class KafkaHome
{
    private static readonly string Home = Environment.GetEnvironmentVariable("KAFKA_HOME") ?? "";

    /// <summary>Why nothing of it can be run here; empty when it can.</summary>
    public static string Missing { get; } = FindMissing();

    /// <summary>The path of a program of its <c>bin</c> folder, such as <c>kafka-topics.sh</c>.</summary>
    public static string Program(string name) => Path.Combine(Home, "bin", name);

    /// <summary>
    /// What a program of it is started with: few and cheap threads of the Java machine, since it lives for seconds, and no file outside
    /// <paramref name="folder"/>.
    /// </summary>
    public static void Prepare(ProcessStartInfo start, string heap, string folder)
    {
        start.WorkingDirectory = folder;
        start.Environment["KAFKA_HEAP_OPTS"] = heap;
        start.Environment["KAFKA_JVM_PERFORMANCE_OPTS"] = "-XX:+UseSerialGC";
        start.Environment["KAFKA_OPTS"] = "-XX:TieredStopAtLevel=1";
        start.Environment["LOG_DIR"] = folder;
        start.Environment["EXTRA_ARGS"] = "";
    }

    private static string FindMissing()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return "brokers are started by a shell, on Linux or macOS";
        if (Home.Length == 0) return "KAFKA_HOME (a distribution of Apache Kafka) isn't set, nor STREAMENGINE_KAFKA (bootstrap servers of a cluster)";
        foreach (string name in (string[])["kafka-storage.sh", "kafka-server-start.sh"])
        {
            if (!File.Exists(Program(name))) return $"KAFKA_HOME is {Home}, where no bin/{name} is";
        }

        return FindJava() ? "" : "KAFKA_HOME is set, but there is no java: neither JAVA_HOME nor PATH has it";
    }

    private static bool FindJava() => Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } java
        ? File.Exists(Path.Combine(java, "bin", "java"))
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "java")));
}
