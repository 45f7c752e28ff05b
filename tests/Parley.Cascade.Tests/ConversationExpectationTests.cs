using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Cascade.Tests;

/// <summary>
/// The cases of <c>invalid.expectations.json</c> that the conversation answers, through the whole server with the local model.
/// </summary>
public sealed class ConversationExpectationTests
{
    [Theory]
    [InlineData("invalid.activity-with-automatic-vad.json", "gemini-3.8-live")]
    [InlineData("invalid.tool-response-unknown-id.json", "gemini-3.8-live")]
    [InlineData("invalid.tool-response-without-id.json", "gemini-3.8-live")]
    [InlineData("invalid.client-content-on-31-midway.json", "gemini-3.1-flash-live-preview")]
    public async Task Invalid_message_closes_with_the_expected_code(string file, string model)
    {
        var expected = WireExamples.Expectations.File(file).Close!;
        // 3.1 as the examples know it.
        await using var host = await LiveTestHost.StartWithCascadeAsync(options: static options => options.ModelsAsOf = new DateOnly(2026, 6, 1));
        await using var client = await host.OpenAsync(
            """{"setup":{"model":"models/NAME"}}""".Replace("NAME", model, StringComparison.Ordinal));

        await client.SendJsonAsync(WireExamples.Text(file));

        var close = await client.ExpectCloseAsync();
        Assert.True(expected.Matches(close.Code, close.Reason), $"Closed with {close}, expected {expected}");
    }
}
