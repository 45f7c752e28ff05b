using System.Globalization;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>What the browser console costs. Measured by the processor time of the page, while nothing else runs.</summary>
[Collection(RealTime.Name)]
public sealed class ConsoleBudgetTests
{
    [Fact]
    public async Task Idle_microphone_and_long_sessions_cost_little()
    {
        var facts = await RunAsync("console-budget.mjs");

        Assert.InRange(Number(facts["busy in Talk"]), 0, 10);
        Assert.InRange(Number(facts["busy in Inspect"]), 0, 10);
        // CPU time; about 1,000 ms on an idle machine.
        Assert.InRange(Number(facts["open 50,000 messages, ms"]), 0, 10_000);
        Assert.InRange(Number(facts["elements in Talk"]), 0, 3_000);
    }

    private static double Number(string fact) => double.Parse(fact, CultureInfo.InvariantCulture);

    private static Task<ScriptFacts> RunAsync(params string[] script) =>
        Peer.RunInBrowserAsync(script, TestContext.Current.CancellationToken);
}
