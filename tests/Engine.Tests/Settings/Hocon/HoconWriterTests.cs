using Akka.Configuration;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>What is written reads again, here and by Akka's parser, which gets the blocks that are meant for it.</summary>
public sealed class HoconWriterTests
{
    private const string Text = """
        # The first.
        #
        # In two parts.
        akka {
          loglevel = "INFO"
          # How many.
          actor { "default-dispatcher" { throughput = 100, "with.dot" = 1.50, on = true, nothing = null } }
          list = [1, two, "three # no", [x]]
          objects = [{ a = 1 }, {}, { b = { c = [] } }]
          empty {}
          "odd key = { } $ \" \\ \n ü" = "odd text = { } ${x} \" \\ \n \u0001 ü 😀"
          "include" = include
          url = "tcp://localhost:80/?a=b,c&d#e"
          blank = ""
          spaces = "one  two"
          digits = "0815"
          password = "secret"
        }
        """;

    [Fact]
    public void Written_HOCON_reads_again_as_the_same()
    {
        HoconObject value = Read.Resolved(Text);

        Assert.Equal(HoconWriter.ToJson(value), HoconWriter.ToJson(Read.Resolved(HoconWriter.ToHocon(value))));
        var everything = new HoconRendering { HasComments = true, HasOrigins = true };
        Assert.Equal(HoconWriter.ToJson(value), HoconWriter.ToJson(Read.Resolved(HoconWriter.ToHocon(value, everything))));
    }

    [Fact]
    public void Akka_reads_what_is_written_for_it()
    {
        Config config = ConfigurationFactory.ParseString(HoconWriter.ToHocon(Read.Resolved(Text)));

        Assert.Equal("INFO", config.GetString("akka.loglevel"));
        Assert.Equal(100, config.GetInt("akka.actor.default-dispatcher.throughput"));
        Assert.Equal(1.5, config.GetDouble("akka.actor.default-dispatcher.\"with.dot\""));
        Assert.True(config.GetBoolean("akka.actor.default-dispatcher.on"));
        Assert.Equal("tcp://localhost:80/?a=b,c&d#e", config.GetString("akka.url"));
        Assert.Equal("", config.GetString("akka.blank", "missing"));
        Assert.Equal("one  two", config.GetString("akka.spaces"));
        Assert.Equal("0815", config.GetString("akka.digits"));
        Assert.Equal("include", config.GetString("akka.include"));
        Assert.Equal(["1", "two", "three # no"], config.GetValue("akka.list").GetArray().Take(3).Select(item => item.GetString()));
        Assert.Equal(3, config.GetValue("akka.objects").GetArray().Count);
        Assert.Equal(1, config.GetValue("akka.objects").GetArray()[0].GetObject().GetKey("a").GetInt());
        Assert.Contains("odd text = { } ${x} \" \\ \n \u0001 ü 😀", config.GetConfig("akka").Root.GetObject().Items.Values.Where(value => value.IsString()).Select(value => value.GetString()));
    }

    [Fact]
    public void Comments_and_places_are_written_if_they_are_wanted()
    {
        HoconObject value = Read.Resolved("# About a,\n#  in two lines.\na = 1 # not this\n\n# Nor this.\n\nb = [x]\n// About c.\nc { d = ${a} }");

        Assert.Equal(
            "# About a,\n#  in two lines.\na = 1  # test.conf:3:5\nb = [\"x\"]  # test.conf:7:5\n# About c.\nc {\n  d = 1  # test.conf:3:5\n}\n",
            HoconWriter.ToHocon(value, new HoconRendering { HasComments = true, HasOrigins = true }));
        Assert.Equal("a = 1\nb = [\"x\"]\nc {\n  d = 1\n}\n", HoconWriter.ToHocon(value));
    }

    [Fact]
    public void Secrets_are_masked_wherever_they_are_and_whatever_they_hold()
    {
        HoconObject value = Read.Resolved("db { password = p1, user = u }, list = [{ password = p2 }], password { part = p3 }");
        static bool IsSecret(IReadOnlyList<string> path) => path[^1] == "password";

        foreach (string written in new[] { HoconWriter.ToHocon(value, new HoconRendering { IsSecret = IsSecret }), HoconWriter.ToJson(value, isSecret: IsSecret) })
        {
            Assert.DoesNotMatch("p[123]", written);
            Assert.Equal("""{"db":{"password":"***","user":"u"},"list":[{"password":"***"}],"password":"***"}""", Read.Json(written));
        }
    }

    [Fact]
    public void JSON_may_be_indented() =>
        Assert.Equal("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}", HoconWriter.ToJson(Read.Resolved("a = [1, {}], b = []"), indented: true));
}
