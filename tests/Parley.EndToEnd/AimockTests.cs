using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>
/// Our client against a server that is not ours, the Gemini Live mock of npm's aimock: written turns and function calls. It knows no
/// realtimeInput, no speech and no credentials; those scenarios say so when they skip.
/// </summary>
public sealed class AimockTests(AimockProcess server) : ClientScenarios, IClassFixture<AimockProcess>
{
    internal override ClientTarget Target => new("aimock", server.Address)
    {
        // No model that is known: the mock answers in writing, which those of the service would refuse.
        Setup = new LiveSetup { Model = "aimock" },
    };

    [Fact]
    public async Task Two_calls_of_one_message_are_answered_in_one()
    {
        await using var session = await ConnectAsync(Target.Setup with
        {
            Tools = [AIFunctionFactory.Create(() => 1, "first"), AIFunctionFactory.Create(() => 2, "second")],
        });
        await session.SendContentAsync("Call both functions", cancellationToken: Cancellation);

        // The mock answers a message of results by the last of them: two messages would have been two turns.
        Assert.Equal("Both are done.", (await ReadAnswerAsync(session)).Said);
    }

    [Fact]
    public async Task A_function_nobody_has_is_answered_with_an_error()
    {
        await using var session = await ConnectAsync(Target.Setup with { Tools = [AIFunctionFactory.Create(() => 1, "first")] });
        await session.SendContentAsync("Call not_there", cancellationToken: Cancellation);

        Assert.Equal("One moment.", (await ReadAnswerAsync(session)).Said);
        Assert.Equal("So there is none.", (await ReadAnswerAsync(session)).Said);
    }

    [Fact]
    public async Task An_error_inside_a_message_is_told_and_the_session_goes_on()
    {
        await using var session = await ConnectAsync();
        await session.SendContentAsync("Use up the quota", cancellationToken: Cancellation);
        var error = Assert.IsType<ErrorUpdate>(await ReadUntilAsync(session, static update => update is ErrorUpdate, "an error"));

        Assert.Equal(("Too many requests", "RESOURCE_EXHAUSTED"), (error.Error.Message, error.Error.Status));
        await session.SendContentAsync("What is seven times six?", cancellationToken: Cancellation);
        Assert.Equal("That makes 42.", (await ReadAnswerAsync(session)).Said);
    }
}
