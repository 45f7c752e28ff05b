using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Calls;

/// <summary>The code of docs/guardrails.md, which a test of the documentation compares with this file.</summary>
public sealed class GuardrailsPageTests
{
    private readonly EchoModel _model = new() { CompletesTurns = true };

    [Fact]
    public async Task Checks_of_the_page_block_and_mask()
    {
        var moderation = new Moderation();
        await using var host = await InMemoryHost.StartAsync(
            builder => builder.Services.AddLiveApi(static live => live.ApiKeys.Add(LiveTestHost.Key)).UseDefaultModel(_ => _model),
            app =>
            {
                app.MapLiveApi().OnCall(call =>
                {
                    call.AddCheck(async (text, cancellationToken) =>
                        await moderation.IsHarmfulAsync(text.Text, cancellationToken) ? LiveVerdict.Block("moderation") : LiveVerdict.Allow);

                    call.AddCheck(
                        (text, _) => new(LiveVerdict.Replace(PersonalData.Mask(text.Piece))),
                        new LiveCheckOptions { Name = "personal-data", Directions = LiveCheckDirections.User });
                });
            },
            new TestClock());
        await using var client = await host.OpenAsync();

        await client.SayAsync("I am Ada");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "I am ***", "the masked text");
        await client.SayAsync("a harmful text");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "I can't help with that.", "the refusal");
    }

    private sealed class Moderation
    {
        public Task<bool> IsHarmfulAsync(string text, CancellationToken cancellationToken) =>
            Task.FromResult(!cancellationToken.IsCancellationRequested && text.Contains("harmful", StringComparison.Ordinal));
    }

    private static class PersonalData
    {
        public static string Mask(string text) => text.Replace("Ada", "***", StringComparison.Ordinal);
    }
}
