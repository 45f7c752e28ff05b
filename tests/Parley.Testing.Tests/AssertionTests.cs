using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Testing.Journal;

namespace Parley.Testing.Tests;

/// <summary>Assertions on the journal, and what they say when they fail.</summary>
public sealed class AssertionTests : IAsyncLifetime
{
    private LiveTestServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LiveJournal Journal => _server.Journal;

    public async ValueTask InitializeAsync()
    {
        _server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        _server.When("lamp").Waits(TimeSpan.FromMilliseconds(300)).Calls("set_lamp", new { room = "kitchen" }).Says("It is on.");
        var tool = AIFunctionFactory.Create(static (string room) => new { room, on = true }, "set_lamp");
        await using var session = await _server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.BlockingModel, OutputTranscription = true, Voice = "Kore", Tools = [tool] }, Cancellation);
        var asking = session.AskAsync("Turn on the lamp", Cancellation);
        await _server.QuietAsync(Cancellation);
        await _server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);
        await asking;
        await session.CloseAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void Timeline_is_as_in_its_snapshot() => Journal.VerifySnapshot();

    [Fact]
    public void Order_is_checked_and_its_failure_shows_the_timeline()
    {
        Journal.VerifyOrder("connects gemini", "user: \"Turn on the lamp\"", "calls set_lamp", "answers set_lamp*true", "model: \"It is on.\"", "client closes 1000");

        Assert.Equal(
            """
            Expected "calls set_lamp" after "model:", but it came before, at 0.30 s. The timeline:
                   0.00 s  connects gemini-3.1-flash-live-preview
                   0.00 s  user: "Turn on the lamp"
                   0.30 s  model calls set_lamp {"room":"kitchen"}
                   0.30 s  client answers set_lamp {"room":"kitchen","on":true}
            >      0.30 s  model: "It is on." (0.63 s)
                   1.00 s  client closes 1000
            """,
            Assert.Throws<ExpectationException>(() => Journal.VerifyOrder("model:", "calls set_lamp")).Message);
        Assert.StartsWith("Expected \"calls open_door\". The timeline:", Assert.Throws<ExpectationException>(() => Journal.VerifyOrder("calls open_door")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Absence_and_time_are_checked()
    {
        Journal.VerifyNone("interrupted");
        Journal.VerifyWithin(TimeSpan.FromMilliseconds(300), "user:", "model:");

        Assert.StartsWith("Expected no \"set_lamp\", but it came at 0.30 s.", Assert.Throws<ExpectationException>(() => Journal.VerifyNone("set_lamp")).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Expected \"model:\" within 0.20 s of \"user:\", but it took 0.30 s.",
            Assert.Throws<ExpectationException>(() => Journal.VerifyWithin(TimeSpan.FromMilliseconds(200), "user:", "model:")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tool_response_and_setup_are_compared_member_by_member()
    {
        Journal.VerifyToolResponse("set_lamp", """{ "on": true, "room": "kitchen" }""");
        Journal.VerifySetup("""{ "model": "models/gemini-3.1-flash-live-preview", "tools": [{ "functionDeclarations": [{ "name": "set_lamp" }] }] }""");

        Assert.Equal(
            """
            The response of set_lamp is not as expected:
            * on: expected false, is true
            * room: not expected, is "kitchen"
            """,
            Assert.Throws<ExpectationException>(() => Journal.VerifyToolResponse("set_lamp", """{"on":false}""")).Message);
        Assert.Equal(
            """
            The setup is not as expected:
            * systemInstruction: expected {}, is missing
            * tools: expected 2 elements, has 1: [{"functionDeclarations":[{"name":"set_lamp","parameters":{"type":"OBJECT","properties":{"room":{"type":"STRING"}},"required":["room"]}}]}]
            """.Split('\n')[..2],
            Assert.Throws<ExpectationException>(() => Journal.VerifySetup("""{"systemInstruction":{},"tools":[{},{}]}""")).Message.Split('\n')[..2]);
        Assert.StartsWith("Expected a response of open_door, but there was none.", Assert.Throws<ExpectationException>(() => Journal.VerifyToolResponse("open_door", "{}")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Journal.VerifyToolResponse("set_lamp", "{not json"));
    }

    [Fact]
    public void Snapshot_that_differs_or_is_missing_says_what_to_do()
    {
        var directory = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Assert.Contains("Set PARLEY_UPDATE_SNAPSHOTS=1", Assert.Throws<ExpectationException>(() => Journal.VerifySnapshot("lamp", directory)).Message, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(directory, "lamp.txt"), string.Join('\n', Journal.Timeline).Replace("kitchen", "hall", StringComparison.Ordinal));
            var error = Assert.Throws<ExpectationException>(() => Journal.VerifySnapshot("lamp", directory)).Message;
            Assert.Contains("\n-      0.30 s  model calls set_lamp {\"room\":\"hall\"}\n", error, StringComparison.Ordinal);
            Assert.Contains("\n+      0.30 s  model calls set_lamp {\"room\":\"kitchen\"}\n", error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
        Assert.Contains("does not exist", Assert.Throws<ExpectationException>(() => Journal.VerifySnapshot("lamp", directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_compared_line_by_line()
    {
        Assert.Null(TextDiff.Compare("a\nb\n", "a\r\nb"));
        Assert.Equal("  a\n- b\n+ c\n  d\n+ e", TextDiff.Compare("a\nb\nd", "a\nc\nd\ne"));
    }
}
