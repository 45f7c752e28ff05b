using System.Globalization;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The browser console in headless Chromium: a microphone that plays recorded speech, a camera that shows a test picture.</summary>
public sealed class ConsoleTests
{
    [Fact]
    public async Task A_person_talks_is_understood_interrupts_shows_and_has_functions_called() => RequireConversation(await RunAsync("console-talk.mjs"));

    [Fact]
    public async Task The_same_conversation_goes_through_the_relay() => RequireConversation(await RunAsync("console-talk.mjs", "--relay"));

    [Fact]
    public async Task The_console_reconnects_by_itself_and_recovers_from_a_killed_server()
    {
        var facts = await RunAsync("console-survives.mjs");

        Assert.Equal("resumed", facts["after goAway"]);
        Assert.Equal("The server does not answer.", facts["killed"]);
        Assert.Equal("answered", facts["after the restart"]);
    }

    [Fact]
    public async Task Every_view_is_accessible_in_light_and_dark_on_a_desk_and_on_a_phone()
    {
        var facts = await RunAsync("console-views.mjs");

        Assert.Equal("20", facts["views"]);
    }

    private static void RequireConversation(ScriptFacts facts)
    {
        Assert.Matches("(?i)seven times six", facts["heard"]);
        Assert.Matches("(?i)forty.?two|42", facts["answer"]);
        // A bound of the protocol's user, not of this machine: sound must stop when it is told to.
        Assert.InRange(double.Parse(facts["interrupted to silence"], CultureInfo.InvariantCulture), 0, 200);
        Assert.Matches("(?i)green", facts["function"]);
        Assert.Equal("yes", facts["reopened"]);
    }

    private static Task<ScriptFacts> RunAsync(params string[] script) => Peer.RunInBrowserAsync(script, TestContext.Current.CancellationToken);
}
