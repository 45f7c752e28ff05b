using System.Globalization;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The steps of the official WebSocket guide in several languages, with another host.</summary>
public sealed class GuideTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    [Fact]
    public async Task Every_step_of_the_guide_works_with_npm_ws() =>
        RequireEveryStep(await Peer.RunJavaScriptAsync(server, "guide-ws.mjs", TestContext.Current.CancellationToken));

    [Fact]
    public async Task Every_step_of_the_guide_works_in_a_browser() =>
        RequireEveryStep(await Peer.RunInBrowserAsync(server, "guide-browser.mjs", TestContext.Current.CancellationToken));

    [Fact]
    public async Task Every_step_of_the_guide_works_in_Python()
    {
        var facts = await Peer.RunPythonAsync(server, "guide.py", TestContext.Current.CancellationToken);

        RequireAnswers(facts);
        Assert.Equal("1007 API key not valid. Please pass a valid API key.", facts["wrong key"]);
    }

    [Fact]
    public async Task Token_opens_one_session_on_the_constrained_method()
    {
        var facts = await Peer.RunJavaScriptAsync(server, "guide-token.mjs", TestContext.Current.CancellationToken);

        Assert.StartsWith("Hello!", facts["answer"], StringComparison.Ordinal);
        Assert.StartsWith("Closed with 1008 ", facts["second use"], StringComparison.Ordinal);
    }

    private static void RequireEveryStep(ScriptFacts facts)
    {
        RequireAnswers(facts);
        Assert.Equal("audio generationComplete turnComplete", facts["order"]);
        Assert.InRange(double.Parse(facts["audio seconds"], CultureInfo.InvariantCulture), 0.5, 20);
        Assert.Equal("1000", facts["closed"]);
    }

    private static void RequireAnswers(ScriptFacts facts)
    {
        Assert.StartsWith("Hello!", facts["text answer"], StringComparison.Ordinal);
        Assert.Equal("audio/pcm;rate=24000", facts["audio type"]);
        Assert.Matches(@"^\[[12]\.\d seconds of speech\]$", facts["heard"]);
        Assert.StartsWith("I heard you speak for about ", facts["spoken answer"], StringComparison.Ordinal);
        Assert.StartsWith(
            "I see a picture of 96 by 64 pixels. It is mostly red and blue", facts["picture answer"], StringComparison.Ordinal);
        Assert.Equal("The lights are on.", facts["tool answer"]);
        Assert.Equal("That did not work: The bulb is broken.", facts["tool error answer"]);
    }
}
