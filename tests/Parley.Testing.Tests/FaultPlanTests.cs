using System.Text.Json;
using Parley.Client;

namespace Parley.Testing.Tests;

/// <summary>Plans of faults: conditions, descriptions, verification.</summary>
public sealed class FaultPlanTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_that_was_not_reached_fails_verification_unless_it_is_optional()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("hello").Says("Hi.");
        server.Faults.At(FaultPoint.ToolCall).Optional().Cuts();
        server.Faults.At(FaultPoint.FirstAudio).Occurrence(2).Closes(1011);
        server.Faults.At(FaultPoint.GoAway);
        await using var session = await server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.Model }, Cancellation);
        await session.AskAsync("hello", Cancellation);

        var error = Assert.Throws<ExpectationException>(server.Verify);

        Assert.Equal(
            """
            Faults did not happen:
            * The fault "close 1011 at firstAudio, occurrence 2" happened 0 times, expected once; its point was reached once.
            * The fault at goAway has no action: add one, such as Cuts().
            """.ReplaceLineEndings("\n"),
            error.Message);
    }

    [Fact]
    public async Task Conditions_choose_connection_occurrence_times_and_message()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When(Heard.Anything).Says("Hi.");
        server.Faults.At(FaultPoint.ClientText).OnConnection(2).Times(2).Drops();
        server.Faults.At(FaultPoint.ClientText).Occurrence(2).Where(static message => message.GetProperty("realtimeInput").GetProperty("text").GetString() == "b").Drops();
        await using var first = await Conversing.StartAsync(server);
        await using var second = await Conversing.StartAsync(server);

        foreach (var text in new[] { "a", "b", "b", "b" })
        {
            await first.Session.SendTextAsync(text + "1", Cancellation);
            await second.Session.SendTextAsync(text, Cancellation);
            await server.QuietAsync(Cancellation);
        }

        // Of the second connection a and b are dropped; the second b that comes so far is dropped too.
        Assert.Equal(["a1", "b1", "b1", "b1", "b"], server.Journal.Texts.Order(StringComparer.Ordinal).OrderBy(static text => text.Length == 1));
        server.Verify();
    }

    [Fact]
    public async Task Description_is_the_same_fault_as_the_methods()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);

        var fault = server.Faults.Add(FaultDescription.Parse(
            """{"point":"midAnswer","chunks":3,"connection":2,"occurrence":1,"action":"close","code":1011,"reason":"Internal error encountered.","after":"1.5s","optional":true}"""));

        Assert.Equal(server.Faults.At(FaultPoint.MidAnswer(3)).OnConnection(2).Occurrence(1).Optional().After(TimeSpan.FromSeconds(1.5)).Closes(1011).ToString(), fault.ToString());
        server.Verify();
    }

    [Fact]
    public async Task Every_action_can_be_described_at_a_point()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);

        foreach (var action in FaultDescription.Actions)
        {
            server.Faults.Add(new FaultDescription
            {
                Point = action == "refuseHttp" ? "connect" : "setup",
                Action = action,
                Status = action == "refuseHttp" ? 429 : null,
                Code = action == "close" ? 1008 : null,
                Message = action == "send" ? "{}" : null,
                Duration = action == "delay" ? TimeSpan.FromSeconds(1) : null,
            });
        }
        foreach (var point in FaultPoint.Names)
            server.Faults.Add(new FaultDescription { Point = point, Action = "cut", Chunks = point == "midAnswer" ? 1 : null, At = point == "time" ? TimeSpan.FromSeconds(1) : null });

        Assert.Equal(FaultDescription.Actions.Count + FaultPoint.Names.Count, server.Faults.All.Count);
    }

    [Theory]
    [InlineData("""{"action":"cut"}""", "A fault needs a point. Allowed: audio, clientAudio,")]
    [InlineData("""{"point":"firstAudio"}""", "A fault needs an action. Allowed: close, corrupt,")]
    [InlineData("""{"point":"lunch","action":"cut"}""", "\"lunch\" is not a point of a fault. Allowed: audio,")]
    [InlineData("""{"point":"setup","action":"explode"}""", "\"explode\" is not an action of a fault. Allowed: close,")]
    [InlineData("""{"point":"setup","action":"cut","code":1011}""", "The value \"code\" belongs to close, not to \"cut\" at \"setup\".")]
    [InlineData("""{"point":"setup","action":"close"}""", "The action \"close\" needs \"code\".")]
    [InlineData("""{"point":"setup","action":"close","code":99}""", "A close code is 1000 to 4999.")]
    [InlineData("""{"point":"setup","action":"refuseHttp","status":429}""", "HTTP can refuse only at the point \"connect\"")]
    [InlineData("""{"point":"connect","action":"refuseHttp","status":200}""", "A status that refuses is 400 to 599.")]
    [InlineData("""{"point":"connect","action":"close","code":1008}""", "there is no WebSocket to close yet")]
    [InlineData("""{"point":"time","at":"5s","action":"drop"}""", "there is no message at this point")]
    [InlineData("""{"point":"time","action":"cut"}""", "The point \"time\" needs \"at\"")]
    [InlineData("""{"point":"midAnswer","action":"cut"}""", "The point \"midAnswer\" needs \"chunks\"")]
    [InlineData("""{"point":"midAnswer","share":1.5,"action":"cut"}""", "A share of an answer is above 0 and at most 1.")]
    [InlineData("""{"point":"audio","action":"drop","probability":0}""", "A probability is above 0 and at most 1.")]
    [InlineData("""{"point":"setup","action":"drop","after":"1s"}""", "cannot happen after its point")]
    [InlineData("""{"point":"setup","action":"delay","duration":"soon"}""", "\"soon\" is not a time.")]
    [InlineData("""{"point":"setup","action":"delay","duration":5}""", "is not a time.")]
    [InlineData("""{"point":"setup","action":"cut","colour":"red"}""", "colour")]
    [InlineData("""{"point":"setup","action":"cut","connection":0}""", "must be greater than or equal to '1'")]
    [InlineData("""["cut"]""", "Invalid fault")]
    [InlineData("null", "A fault is a JSON object")]
    public async Task Wrong_description_is_refused_with_what_is_allowed(string json, string message)
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);

        var error = Assert.Throws<FormatException>(() => server.Faults.Add(FaultDescription.Parse(json)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Faults.All);
    }

    [Fact]
    public async Task Second_action_of_a_fault_is_refused()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);

        var error = Assert.Throws<InvalidOperationException>(() => server.Faults.At(FaultPoint.FirstAudio).Drops().Cuts());

        Assert.Equal("The fault has the action \"drop\" already. Add another fault at the same point for \"cut\".", error.Message);
        server.Faults.Clear();
    }

    [Fact]
    public void Times_of_descriptions_are_read_with_units()
    {
        TimeSpan? Read(string text) => FaultDescription.Parse($$"""{"duration":{{JsonSerializer.Serialize(text)}}}""").Duration;

        Assert.Equal([1.5, .2, 600, 3600, 61.5], [.. new[] { "1.5s", "200ms", "10m", "1h", "00:01:01.5" }.Select(text => Read(text)!.Value.TotalSeconds)]);
        Assert.All(["-1s", "1", "s", "1e5s", "-00:00:01", "1 day", ""], text => Assert.Throws<FormatException>(() => Read(text)));
    }
}
