using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>
/// Our client against a third-party server, the Gemini Live mock of the npm package aimock: text turns and function calls. It supports
/// neither realtimeInput nor speech nor credentials; the scenarios that need them are skipped.
/// </summary>
public sealed class AimockTests(AimockProcess server) : ClientScenarios, IClassFixture<AimockProcess>
{
    internal override ClientTarget Target => new("aimock", server.Address)
    {
        // An unknown model name: the mock answers in text, which the client's preflight refuses for models of the service.
        Setup = new LiveSetup { Model = "aimock" },
        ApiVersion = "v1beta",
    };

    [Fact]
    public async Task Two_calls_of_one_message_get_one_response_message()
    {
        await using var session = await ConnectAsync(Target.Setup with
        {
            Tools = [AIFunctionFactory.Create(() => 1, "first"), AIFunctionFactory.Create(() => 2, "second")],
        });
        await session.SendContentAsync("Call both functions", cancellationToken: Cancellation);

        // The mock starts one turn per response message, so two messages would have started two turns.
        Assert.Equal("Both are done.", (await ReadAnswerAsync(session)).Said);
    }

    [Fact]
    public async Task Call_of_an_unknown_function_gets_an_error_response()
    {
        await using var session = await ConnectAsync(Target.Setup with { Tools = [AIFunctionFactory.Create(() => 1, "first")] });
        await session.SendContentAsync("Call not_there", cancellationToken: Cancellation);

        Assert.Equal("One moment.", (await ReadAnswerAsync(session)).Said);
        Assert.Equal("So there is none.", (await ReadAnswerAsync(session)).Said);
    }

    [Fact]
    public async Task Error_message_is_reported_and_the_session_continues()
    {
        await using var session = await ConnectAsync();
        await session.SendContentAsync("Use up the quota", cancellationToken: Cancellation);
        var error = Assert.IsType<ErrorUpdate>(await ReadUntilAsync(session, static update => update is ErrorUpdate, "an error"));

        Assert.Equal(("Too many requests", "RESOURCE_EXHAUSTED"), (error.Error.Message, error.Error.Status));
        await session.SendContentAsync("What is seven times six?", cancellationToken: Cancellation);
        Assert.Equal("That makes 42.", (await ReadAnswerAsync(session)).Said);
    }
}
