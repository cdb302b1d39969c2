using System.Diagnostics;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>Goes through the worlds of a configuration: all of them up to a number, or random ones to their end.</summary>
internal static class Explorer
{
    private const int MovesMax = 5000;

    /// <summary>What was found.</summary>
    /// <param name="States">How many worlds were looked at.</param>
    /// <param name="Wrong">What is wrong, with the moves that led there; null when nothing was found.</param>
    /// <param name="Complete">Whether there are no other worlds.</param>
    public sealed record Result(int States, string? Wrong, bool Complete);

    /// <summary>Every order of moves, breadth first, until <paramref name="limit"/> worlds are known.</summary>
    public static Result Exhaust(ModelConfig config, int limit)
    {
        var first = new ModelWorld(config);
        var known = new HashSet<UInt128> { Hash(first) };
        var queue = new Queue<(ModelWorld World, Trace? Trace)>();
        queue.Enqueue((first, null));
        int states = 0;
        while (queue.TryDequeue(out (ModelWorld World, Trace? Trace) current))
        {
            states++;
            bool moved = false;
            foreach (Move move in current.World.Moves())
            {
                moved = true;
                if (known.Count >= limit || !known.Add(Hash(move.After))) continue;
                var trace = new Trace(move.What, current.Trace);
                if (move.After.Wrong(isEnd: false) is { } wrong) return new Result(states, $"{wrong}\n{trace}", false);
                queue.Enqueue((move.After, trace));
            }

            if (!moved && current.World.Wrong(isEnd: true) is { } stuck) return new Result(states, $"{stuck}\n{current.Trace}", false);
        }

        return new Result(states, null, known.Count < limit);
    }

    /// <summary>
    /// Every order of moves in which no more than so often a host is interrupted by the other while it could go on, breadth first, until <paramref name="limit"/>
    /// worlds are known: few interruptions at any place show most of what is wrong, and so the search comes to the end of long schedules.
    /// </summary>
    public static Result ExhaustInterrupted(ModelConfig config, int interruptions, int limit)
    {
        var first = new ModelWorld(config);
        var known = new HashSet<(UInt128, int, int)>();
        var queue = new Queue<(ModelWorld World, Trace? Trace, int Party, int Left)>();
        queue.Enqueue((first, null, -1, interruptions));
        int states = 0;
        while (queue.TryDequeue(out (ModelWorld World, Trace? Trace, int Party, int Left) current))
        {
            states++;
            List<Move> moves = [.. current.World.Moves()];
            if (moves.Count == 0 && current.World.Wrong(isEnd: true) is { } stuck) return new Result(states, $"{stuck}\n{current.Trace}", false);
            bool canGoOn = moves.Exists(move => move.Party == current.Party && !move.IsFault);
            foreach (Move move in moves)
            {
                // What the stores do by themselves, and faults, interrupt nobody.
                bool isOther = move.Party >= 0 && !move.IsFault && move.Party != current.Party;
                int left = isOther && canGoOn ? current.Left - 1 : current.Left;
                int party = isOther ? move.Party : current.Party;
                if (left < 0 || known.Count >= limit || !known.Add((Hash(move.After), party, left))) continue;
                var trace = new Trace(move.What, current.Trace);
                if (move.After.Wrong(isEnd: false) is { } wrong) return new Result(states, $"{wrong}\n{trace}", false);
                queue.Enqueue((move.After, trace, party, left));
            }
        }

        return new Result(states, null, known.Count < limit);
    }

    /// <summary>Random schedules to their end, which reach deeper. They prefer one host and calm, or they would only find deaths at the start.</summary>
    public static Result Walk(ModelConfig config, int seed, int walks, TimeSpan atMost)
    {
        var random = new Random(seed);
        long begin = Stopwatch.GetTimestamp();
        int states = 0;
        for (int walk = 0; walk < walks && Stopwatch.GetElapsedTime(begin) < atMost; walk++)
        {
            var world = new ModelWorld(config);
            // Of hosts side by side one that is taken over pauses for long: interruptions have to be few, too.
            double calm = random.NextDouble(), stay = random.NextDouble();
            if (config.Kind == ModelKind.Kafka) stay = 1 - (0.3 * stay * stay);
            int favourite = 0;
            Trace? trace = null;
            for (int n = 0; ; n++)
            {
                if (n > MovesMax) return new Result(states, $"stuck: {MovesMax} moves and no end\nseed {seed}, walk {walk}", false);
                List<Move> moves = [.. world.Moves()];
                if (moves.Count == 0) break;
                states++;
                List<Move> preferred = [.. moves.Where(move => !move.IsFault || random.NextDouble() > 0.8 + (0.2 * calm))];
                if (preferred.Count == 0) preferred = moves;
                if (random.NextDouble() < stay && preferred.Where(move => move.Party == favourite || move.Party < 0).ToList() is { Count: > 0 } mine) preferred = mine;
                Move chosen = preferred[random.Next(preferred.Count)];
                if (chosen.Party >= 0) favourite = chosen.Party;
                trace = new Trace(chosen.What, trace);
                world = chosen.After;
                if (world.Wrong(isEnd: false) is { } wrong) return new Result(states, $"{wrong}\nseed {seed}, walk {walk}\n{trace}", false);
            }

            if (world.Wrong(isEnd: true) is { } stuck) return new Result(states, $"{stuck}\nseed {seed}, walk {walk}\n{trace}", false);
        }

        return new Result(states, null, false);
    }

    private static UInt128 Hash(ModelWorld world) => System.IO.Hashing.XxHash128.HashToUInt128(System.Text.Encoding.UTF8.GetBytes(world.Key));

    /// <summary>The moves that led to a world.</summary>
    private sealed record Trace(string What, Trace? Before)
    {
        public override string ToString() => Before is null ? What : $"{Before}\n{What}";
    }
}
