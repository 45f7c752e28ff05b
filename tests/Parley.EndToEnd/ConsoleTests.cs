using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The browser console in headless Chromium: the microphone plays recorded speech, the camera shows a test picture.</summary>
public sealed class ConsoleTests
{
    [Fact]
    public async Task Console_reconnects_after_goAway_and_after_a_killed_server()
    {
        var facts = await RunAsync("console-survives.mjs");

        Assert.Equal("resumed", facts["after goAway"]);
        Assert.Equal("shown", facts["typed while the server is gone"]);
        Assert.Equal("The server does not answer.", facts["killed"]);
        Assert.Equal("answered", facts["after the restart"]);
    }

    [Fact]
    public async Task Every_view_is_accessible_in_light_and_dark_on_desktop_and_phone()
    {
        var facts = await RunAsync("console-views.mjs");

        Assert.Equal("32", facts["views"]);
    }

    [Fact]
    public async Task Idle_microphone_and_long_sessions_cost_little()
    {
        var facts = await RunAsync("console-budget.mjs");

        Assert.InRange(Number(facts["busy in Talk"]), 0, 10);
        // CPU time; about 1,000 ms on an idle machine.
        Assert.InRange(Number(facts["open 50,000 messages, ms"]), 0, 10_000);
        Assert.InRange(Number(facts["elements in Talk"]), 0, 3_000);
    }

    [Fact]
    public async Task Faults_that_users_met_do_not_return()
    {
        var facts = await RunAsync("console-faults.mjs");

        Assert.Equal("18", facts["faults"]);
    }

    private static double Number(string fact) => double.Parse(fact, CultureInfo.InvariantCulture);

    private static Task<ScriptFacts> RunAsync(params string[] script) =>
        Peer.RunInBrowserAsync(script, TestContext.Current.CancellationToken);
}
