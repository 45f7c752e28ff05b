using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Testing.Tests;

/// <summary>Several tests on one server.</summary>
public sealed class SharedServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tests_on_one_server_have_their_own_scenario_and_journal()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("hello").Says("I am the server.");
        var tests = Enumerable.Range(1, 20).Select(i =>
        {
            var test = server.AddTest($"test {i}");
            test.When("hello").Calls("whoami").Says($"I am test {i}.");
            return test;
        }).ToList();

        await Task.WhenAll([.. tests.Select((test, i) => AskAsync(test, $"hello {i + 1}", $"I am test {i + 1}."))]);
        await using var own = await server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, Cancellation);
        Assert.Equal("I am the server.", (await own.AskAsync("hello", Cancellation)).Text);

        foreach (var (i, test) in tests.Index())
        {
            Assert.Equal([$"hello {i + 1}"], test.Journal.Texts);
            Assert.Equal((1, "call-1-1"), (test.Journal.Entries.Max(static entry => entry.Connection), test.Journal.ToolResponses.Single().Id));
            test.Verify();
        }
        Assert.Equal((21, 21), (server.Journal.Connections, server.Journal.Texts.Count));
        server.Verify();
    }

    [Fact]
    public async Task Setup_that_is_refused_is_in_the_journal_of_its_test()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        await using var test = server.AddTest("refused");

        await Assert.ThrowsAsync<LiveConnectException>(() => test.CreateClient().ConnectAsync(new LiveSetup { Model = "no-such-model" }, Cancellation));

        Assert.Equal("models/no-such-model", test.Journal.Setup.Model);
        Assert.Equal(1008, test.Journal.Entries.First(static entry => entry.CloseCode is not null).CloseCode);
    }

    [Fact]
    public async Task Failure_names_its_test_and_a_disposed_test_has_no_key()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        var test = server.AddTest("books a table");
        test.When("never").Says("No.");
        Assert.StartsWith("books a table: The scenario was not followed:", Assert.Throws<ExpectationException>(test.Verify).Message, StringComparison.Ordinal);
        server.Verify();

        await test.DisposeAsync();

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => test.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.Model }, Cancellation));
        Assert.Equal(EndCause.InvalidKey, error.Cause);
    }

    private static async Task AskAsync(LiveTest test, string text, string expected)
    {
        var setup = new LiveSetup { Model = Conversing.Model, OutputTranscription = true, Tools = [AIFunctionFactory.Create(static () => "me", "whoami")] };
        await using var session = await test.CreateClient().ConnectAsync(setup, Cancellation);
        Assert.Equal(expected, (await session.AskAsync(text, Cancellation)).Text);
    }
}
