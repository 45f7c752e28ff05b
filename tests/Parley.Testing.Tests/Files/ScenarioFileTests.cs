using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Testing.Tests.Files;

/// <summary>What a file says happens as if it had been written in C#.</summary>
public sealed class ScenarioFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Conversation_is_followed_turn_by_turn()
    {
        await using var server = await StartAsync("""
            conversation:
              - opened: true
                model: Welcome.
              - user: lamp
                model:
                  - call: set_lamp
                    args: { room: kitchen }
                    expect: { result: kitchen is on }
                  - say: Done.
              - user: { exact: Thanks }
                model: You are welcome.
            """);
        var tool = AIFunctionFactory.Create((string room) => room + " is on", "set_lamp");
        await using var call = await Conversing.StartAsync(server, new LiveSetup { Model = Conversing.BlockingModel, OutputTranscription = true, Tools = [tool] });

        await call.TurnsAsync(1);
        await call.Session.SendTextAsync("Turn on the lamp", Cancellation);
        await call.TurnsAsync(2);
        await call.Session.SendTextAsync("Thanks", Cancellation);
        await call.TurnsAsync(3);

        Assert.Equal("Welcome.Done.You are welcome.", call.Said);
        server.Verify();
    }

    [Fact]
    public async Task Turn_out_of_order_is_reported_with_file_and_line()
    {
        await using var server = await StartAsync("conversation:\n- user: first\n  model: One.\n- user: second\n  model: Two.");
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("second", Cancellation);
        await server.Journal.WaitAsync(static entry => entry.CloseCode == 1011, "the close", Cancellation);

        var failure = Assert.Throws<ExpectationException>(server.Verify).Message;
        Assert.Contains("a.yaml:2: turn 1 and text that contains \"first\": the text was \"second\"", failure, StringComparison.Ordinal);
        Assert.Contains("a.yaml:4: turn 2 and text that contains \"second\": it was turn 1", failure, StringComparison.Ordinal);
        Assert.Contains("The rule \"turn 2 and text that contains \"second\"\" (a.yaml:4) was used 0 times, expected at least once.", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unexpected_response_is_reported_with_its_difference()
    {
        await using var server = await StartAsync("rules: [{ user: lamp, model: [{ call: set_lamp, expect: { state: 'on', watts: 40 } }, Done.] }]");
        var tool = AIFunctionFactory.Create(static () => new { state = "off", watts = 40 }, "set_lamp");
        await using var call = await Conversing.StartAsync(server, new LiveSetup { Model = Conversing.BlockingModel, OutputTranscription = true, Tools = [tool] });

        await call.Session.SendTextAsync("lamp", Cancellation);
        await call.TurnsAsync(1);

        Assert.Contains(
            "The response of set_lamp was not as expected: state: expected \"on\", is \"off\"", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_of_a_known_recording_are_its_transcript()
    {
        await using var server = await StartAsync("recordings: { hello.wav: 'Hello, lamp.' }\nrules: [{ user: lamp, model: Hi. }]");
        await using var call = await Conversing.StartAsync(server, new LiveSetup { Model = Conversing.Model, OutputTranscription = true, InputTranscription = true });

        await Sounds.SendAsync(call.Session, Sounds.Speech("Hello, lamp."), 3_200, 0.5);
        await call.TurnsAsync(1);

        Assert.Equal("Hi.", call.Said);
        Assert.Equal("Hello, lamp.", string.Concat(call.Updates.OfType<InputTranscriptUpdate>().Select(static update => update.Text)));
    }

    [Theory]
    [InlineData("rules: [{ user: { setup: { model: models/gemini-3.8-live } }, model: Hi. }]")]
    [InlineData("rules: [{ user: { any: [nothing, { pattern: '^l.mp$' }] }, model: Hi. }]")]
    [InlineData("rules: [{ user: { not: { picture: true } }, model: Hi. }]")]
    [InlineData("strict: false\nrules: [{ user: Hi., model: [] , optional: true }, { user: lamp, model: [{ say: Hi., chunk: 100ms, pace: fast }] }]")]
    [InlineData("rules: [{ user: { all: [la, mp] }, model: { send: { serverContent: { outputTranscription: { text: Hi. } } } } }]")]
    public async Task Condition_of_a_file_decides_about_the_turn(string text)
    {
        await using var server = await StartAsync(text);
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("lamp", Cancellation);
        await call.TurnsAsync(1);

        Assert.Equal("Hi.", call.Said);
    }

    [Fact]
    public async Task Close_usage_and_goAway_are_sent()
    {
        await using var server = await StartAsync("""
            rules:
              - user: bye
                model:
                  - usage: { totalTokenCount: 12 }
                  - goAway: 10s
                  - { close: 4000, reason: Gone. }
            """);
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("bye", Cancellation);
        await server.Journal.WaitAsync(static entry => entry is { CloseCode: 4000, CloseReason: "Gone." }, "the close", Cancellation);

        Assert.Contains(server.Journal.Entries, static entry => entry.Response?.UsageMetadata?.TotalTokenCount == 12);
        Assert.Contains(server.Journal.Entries, static entry => entry.Response?.GoAway?.TimeLeft == TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Options_of_the_file_apply_and_those_of_the_test_win()
    {
        var file = ScenarioFiles.Parse("server: { connectionLifetime: 1m, goAwayLead: 20s }\nstrict: false");
        TimeSpan lifetime = default, lead = default;

        await using var server = await LiveTestServer.StartAsync(
            file,
            options => options.ConfigureServer = api =>
            {
                api.Sessions.GoAwayLead = TimeSpan.FromSeconds(5);
                (lifetime, lead) = (api.Sessions.ConnectionLifetime, api.Sessions.GoAwayLead);
            },
            Cancellation);

        Assert.False(server.Scenario.IsStrict);
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5)), (lifetime, lead));
    }

    [Fact]
    public void YAML_and_JSON_say_the_same()
    {
        static string[] Rules(ScenarioFile file)
        {
            var scenario = new Scenario();
            file.AddTo(scenario);
            return [.. scenario.Rules.Select(static rule => $"{rule.Match} {rule.Steps.Count}")];
        }

        var yaml = ScenarioFiles.Parse("name: Two\nrules:\n- user: lamp\n  model: [Hi., { wait: 1s }]\n- { user: { turn: 2 }, model: Bye. }");
        var json = ScenarioFiles.Parse("""{"name":"Two","rules":[{"user":"lamp","model":["Hi.",{"wait":"1s"}]},{"user":{"turn":2},"model":"Bye."}]}""", "a.json");

        Assert.Equal(yaml.Name, json.Name);
        Assert.Equal(Rules(yaml), Rules(json));
    }

    [Fact]
    public void File_with_errors_is_not_loaded_and_lists_them_all()
    {
        var path = Path.Combine(ScenarioFiles.Folder, "bad.yaml");
        File.WriteAllText(path, "stric: true\nruls: []");

        var failure = Assert.Throws<ScenarioFileException>(() => ScenarioFile.Load(path));

        Assert.Equal(2, failure.Problems.Count(static problem => !problem.IsWarning));
        Assert.Contains("bad.yaml:2:1: error: 'ruls' is not a key of a scenario. Did you mean 'rules'?", failure.Message, StringComparison.Ordinal);
    }

    private static Task<LiveTestServer> StartAsync(string text) => LiveTestServer.StartAsync(ScenarioFiles.Parse(text), cancellationToken: Cancellation);
}
