using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Tests.Events;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Calls;

/// <summary>Checks by regular expressions from the configuration.</summary>
public sealed class TextRuleTests
{
    private readonly EchoModel _model = new() { CompletesTurns = true };
    private readonly EventRecorder _events = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Rules_replace_block_and_end_without_code()
    {
        await using var host = await StartAsync(
            new LiveTextRule { Name = "cards", Pattern = @"\b\d{16}\b", Action = LiveTextAction.Replace, Replacement = "[card]" },
            new LiveTextRule { Name = "words", Pattern = "forbidden", Directions = LiveCheckDirections.User, Refusal = "No." },
            new LiveTextRule { Name = "leave", Pattern = "hang up", Action = LiveTextAction.End, MatchCase = true });
        await using var client = await host.OpenAsync();

        await client.SayAsync("pay 4111111111111111 and 5111111111111111 now");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "pay [card] and [card] now", "the masked text");
        await client.SayAsync("FORBIDDEN");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "No.", "the answer of the server");
        await client.EchoAsync("Hang up");
        await client.SayAsync("hang up");

        Assert.Equal((1008, "Rule leave"), await client.ExpectCloseAsync() is var close ? (close.Code, close.Reason) : default);
        await _events.FirstAsync<LiveCheckActed>(static acted => acted is { Check: "leave", Verdict: "ended" });
        Assert.Equal(["cards", "words", "leave"], _events.Events.Snapshot.OfType<LiveCheckActed>().Select(static acted => acted.Check));
    }

    [Fact]
    public async Task Match_over_several_pieces_is_found_and_its_new_part_is_replaced()
    {
        await using var host = await StartAsync(new LiveTextRule { Pattern = @"\d{4} \d{4}", Action = LiveTextAction.Replace, Replacement = "#" });
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        session.Output.Send(EchoSession.Text("It is 4111"));
        session.Output.Send(EchoSession.Text(" 2222, yes"));
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { TurnComplete = true } });
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal(["It is 4111", "#, yes"], client.Received.Select(static frame => frame.SaidText()).OfType<string>());
    }

    [Fact]
    public async Task Long_text_is_matched_as_a_whole_and_in_linear_time()
    {
        await using var host = await StartAsync(new LiveTextRule { Pattern = "(a+)+b", Directions = LiveCheckDirections.User });
        await using var client = await host.OpenAsync();

        await client.EchoAsync(new string('a', 50_000));
        await client.SayAsync("ab" + new string('c', 50_000));
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "I can't help with that.", "the answer of the server");
    }

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("(", "Invalid pattern")]
    [InlineData("(?<=a)b", "NonBacktracking")]
    [InlineData("a*", "matches an empty text")]
    public void Pattern_that_cannot_be_used_is_refused_at_the_start(string pattern, string reason)
    {
        var options = new LiveApiOptions();
        options.Calls.Checks.Add(new LiveTextRule { Pattern = pattern, Name = "" });

        var result = Validate(options);

        Assert.Contains(result.Failures!, failure => failure.StartsWith("Live:Calls:Checks:0:Pattern: ", StringComparison.Ordinal) && failure.Contains(reason, StringComparison.Ordinal));
        Assert.Contains("Live:Calls:Checks:0:Name must have 1 to 50 characters.", result.Failures!);
    }

    [Fact]
    public void Rules_and_defaults_are_read_from_the_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Live:Calls:CheckDeadline"] = "00:00:01",
            ["Live:Calls:CheckFailure"] = "Allow",
            ["Live:Calls:Checks:0:Pattern"] = "x",
            ["Live:Calls:Checks:0:Directions"] = "User",
            ["Live:Calls:Checks:0:Action"] = "Replace",
        }).Build();
        var options = new LiveApiOptions();

        LiveOptionsBinding.Bind(configuration, "Live", options);

        Assert.Equal((TimeSpan.FromSeconds(1), LiveCheckFailure.Allow), (options.Calls.CheckDeadline, options.Calls.CheckFailure));
        var rule = Assert.Single(options.Calls.Checks);
        Assert.Equal(("x", LiveCheckDirections.User, LiveTextAction.Replace, "***"), (rule.Pattern, rule.Directions, rule.Action, rule.Replacement));
        Assert.True(Validate(options).Succeeded);
        options.Calls.CheckDeadline = TimeSpan.FromMinutes(2);
        Assert.Contains("Live:Calls:CheckDeadline must be greater than 0 and at most a minute.", Validate(options).Failures!);
    }

    private static ValidateOptionsResult Validate(LiveApiOptions options) => new LiveApiOptionsValidator().Validate(null, options);

    private Task<InMemoryHost> StartAsync(params LiveTextRule[] rules) => InMemoryHost.StartAsync(
        builder =>
        {
            builder.Services.AddLiveApi(live =>
            {
                live.ApiKeys.Add(LiveTestHost.Key);
                live.Connections.KeepAliveInterval = TimeSpan.Zero;
                live.Connections.CloseTimeout = TimeSpan.FromDays(1);
                foreach (var rule in rules)
                    live.Calls.Checks.Add(rule);
            }).UseDefaultModel(_ => _model);
            builder.Services.AddSingleton<ILiveSessionEvents>(_events);
        },
        static app => app.MapLiveApi(),
        _clock);
}
