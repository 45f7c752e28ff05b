using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;

namespace Parley.Server.Tests.Access;

public sealed class PriceTests
{
    private static readonly LiveModelPrice Tokens = new() { InputTokens = 1, InputAudioTokens = 3, InputImageTokens = 2, OutputTokens = 4, OutputAudioTokens = 12 };

    [Fact]
    public void Each_token_has_the_price_of_its_modality_once()
    {
        var usage = new UsageMetadata
        {
            PromptTokenCount = 1_000,
            PromptTokensDetails = [Count(Modality.Audio, 500), Count(Modality.Video, 300), Count(Modality.Text, 150)],
            ToolUsePromptTokenCount = 10,
            ResponseTokenCount = 100,
            ResponseTokensDetails = [Count(Modality.Audio, 90)],
            ThoughtsTokenCount = 20,
        };

        // In: 500 x 3 + 300 x 2 + 150 x 1, 50 without a modality, 10 of tools. Out: 90 x 12, 10 without a modality, 20 thoughts.
        Assert.Equal((1_500 + 600 + 150 + 50 + 10 + 1_080 + 40 + 80) / 1_000_000m, CostOf(Tokens, usage));
    }

    [Fact]
    public void Modality_without_a_price_has_the_general_one() =>
        Assert.Equal(300 / 1_000_000m, CostOf(new LiveModelPrice { InputTokens = 1, OutputTokens = 2 }, new UsageMetadata { PromptTokenCount = 100, PromptTokensDetails = [Count(Modality.Audio, 100)], CandidatesTokenCount = 100 }));

    [Fact]
    public void Details_above_the_total_and_negative_counts_cost_nothing_less() =>
        Assert.Equal(60 / 1_000_000m, CostOf(Tokens, new UsageMetadata { PromptTokenCount = 10, PromptTokensDetails = [Count(Modality.Audio, 20), Count(Modality.Text, -5)] }));

    [Fact]
    public void Minutes_of_audio_have_a_price_of_their_own()
    {
        var price = new LiveModelPrice { InputAudioMinutes = 0.005m, OutputAudioMinutes = 0.018m };

        Assert.Equal(0.014m, new ModelPrice(price).CostOf(new UsageMetadata { PromptTokenCount = 1_000 }, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("models/gemini-3.8-live", 1)]
    [InlineData("gemini-3.8-live", 1)]
    [InlineData("models/gemini-3.8-live-pro", 2)]
    [InlineData("models/gemini-3.5", 3)]
    [InlineData("models/other", null)]
    public void Exact_name_comes_before_the_longest_pattern(string model, int? expected)
    {
        var options = new LiveApiOptions();
        foreach (var (name, price) in (ReadOnlySpan<(string, int)>)[("gemini-*", 3), ("gemini-3.8-*", 2), ("gemini-3.8-live", 1)])
            options.Prices.Models[name] = new LiveModelPrice { InputTokens = price, OutputTokens = price };
        var table = new PriceTable(Options.Create(options));

        Assert.Equal(expected, table.Find(model)?.CostOf(new UsageMetadata { PromptTokenCount = 1_000_000 }, default, default));
        Assert.Equal("USD", table.Currency);
    }

    [Fact]
    public void Empty_table_has_no_currency() => Assert.Null(new PriceTable(Options.Create(new LiveApiOptions())).Currency);

    private static decimal? CostOf(LiveModelPrice price, UsageMetadata usage) => new ModelPrice(price).CostOf(usage, default, default);

    private static ModalityTokenCount Count(Modality modality, int tokens) => new() { Modality = modality, TokenCount = tokens };
}
