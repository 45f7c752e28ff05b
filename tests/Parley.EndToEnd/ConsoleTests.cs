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
    public async Task Faults_that_users_met_do_not_return()
    {
        var facts = await RunAsync("console-faults.mjs");

        Assert.Equal("17", facts["faults"]);
    }

    [Fact]
    public async Task Inspect_shows_a_session_on_one_clock_live_and_from_files()
    {
        var facts = await RunAsync("console-inspect.mjs");

        Assert.Equal("12", facts["steps"]);
    }

    [Fact]
    public async Task Session_as_code_runs_and_follows_its_scenario()
    {
        var facts = await RunAsync("console-code.mjs");

        Assert.Equal("followed", facts["JavaScript"]);
        Assert.Equal("followed", facts["Python"]);
        Assert.Equal("followed", facts["C#"]);
    }

    [Fact]
    public async Task Operator_manages_keys_watches_a_session_and_deletes_what_was_shared()
    {
        var facts = await RunAsync("console-admin.mjs");

        Assert.Equal("yes", facts["operated"]);
    }

    [Fact]
    public async Task Page_works_in_forced_colours_at_400_percent_and_without_motion()
    {
        var facts = await RunAsync("console-access.mjs");

        Assert.Equal("3", facts["scenarios"]);
    }

    [Fact]
    public async Task First_phrases_of_a_visitor_get_useful_answers_typed_and_spoken_by_the_page()
    {
        var facts = await RunAsync("console-phrases.mjs");

        Assert.Equal(("12", "5"), (facts["typed"], facts["spoken"]));
    }

    private static Task<ScriptFacts> RunAsync(params string[] script) =>
        Peer.RunInBrowserAsync(script, TestContext.Current.CancellationToken);
}
