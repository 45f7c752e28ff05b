using System.Globalization;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>A spoken conversation with the browser console. Its recorded user speaks by the clock and interrupts an answer, so that nothing else runs meanwhile.</summary>
[Collection(RealTime.Name)]
public sealed class ConsoleTalkTests
{
    [Fact]
    public async Task Console_holds_a_spoken_conversation_with_interruption_camera_and_functions() =>
        RequireConversation(await RunAsync("console-talk.mjs"));

    [Fact]
    public async Task Console_holds_the_same_conversation_through_the_relay() =>
        RequireConversation(await RunAsync("console-talk.mjs", "--relay"));

    private static void RequireConversation(ScriptFacts facts)
    {
        Assert.Matches("(?i)seven times six", facts["heard"]);
        Assert.Matches("(?i)forty.?two|42", facts["answer"]);
        // What a user accepts, not what this machine achieves: playback must stop at once.
        Assert.InRange(double.Parse(facts["interrupted to silence"], CultureInfo.InvariantCulture), 0, 200);
        Assert.Matches("(?i)green", facts["function"]);
        Assert.Equal("yes", facts["reopened"]);
    }

    private static Task<ScriptFacts> RunAsync(params string[] script) =>
        Peer.RunInBrowserAsync(script, TestContext.Current.CancellationToken);
}
