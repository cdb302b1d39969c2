using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using StreamEngine.Settings;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>Reading and checking settings: 5,000 keys of 500 pipelines, over the reference.</summary>
[MemoryDiagnoser]
public class SettingsBenchmarks
{
    private const int Pipelines = 500;

    private string text = "";

    [GlobalSetup]
    public void Write()
    {
        var file = new StringBuilder("every = 100ms\nstream-engine.pipelines {\n");
        for (int n = 0; n < Pipelines; n++)
        {
            file.Append(CultureInfo.InvariantCulture, $$"""
                  # Pipeline {{n}}.
                  pipeline-{{n}} {
                    guarantee = exactly-once
                    tasks.max = {{(n % 8) + 1}}
                    commit { interval = ${every}, timeout = 40s, bytes = 8MB }
                    errors { tolerance = all, retries = 3 }
                    state.cache = 16MB
                    by-key { tasks.max = 1, source.prefetch = 1MB }
                  }

                """);
        }

        text = file.Append("}\n").ToString();
    }

    [Benchmark]
    public object ReadAndCheck() => EngineSettings.Parse(text, "settings.conf");
}
