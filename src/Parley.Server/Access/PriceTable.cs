using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Protocol.Models;
using Parley.Server.Wire;

namespace Parley.Server.Access;

/// <summary>The prices of <see cref="LivePriceOptions"/>, by model.</summary>
internal sealed class PriceTable
{
    private readonly Dictionary<string, ModelPrice> _exact = new(StringComparer.Ordinal);
    private readonly List<(string Pattern, ModelPrice Price)> _patterns = [];

    public PriceTable(IOptions<LiveApiOptions> options)
    {
        var prices = options.Value.Prices;
        Currency = prices.Models.Count > 0 ? prices.Currency : null;
        foreach (var (name, price) in prices.Models)
        {
            if (name.Contains('*', StringComparison.Ordinal))
                _patterns.Add((name, new ModelPrice(price)));
            else
                _exact[name] = new ModelPrice(price);
        }
        _patterns.Sort(static (one, other) => other.Pattern.Length.CompareTo(one.Pattern.Length));
    }

    /// <summary>The currency; null if no model has a price.</summary>
    internal string? Currency { get; }

    /// <summary>The prices of a model, in any form of its name; null if it has none.</summary>
    internal ModelPrice? Find(string model) =>
        ModelName.Id(ModelName.Canonical(model)) is not { } id ? null
        : _exact.TryGetValue(id, out var exact) ? exact
        : _patterns.Find(entry => ModelPattern.IsMatch(id, entry.Pattern)).Price;
}

/// <summary>The prices of one model.</summary>
internal sealed class ModelPrice(LiveModelPrice price)
{
    /// <summary>Costs are exact to a billionth, which a store can keep as a whole number.</summary>
    internal const int Decimals = 9;

    private const decimal Million = 1_000_000;

    /// <summary>Whether minutes of audio have a price, so that audio must be measured.</summary>
    internal bool HasMinutes => price.InputAudioMinutes is not null || price.OutputAudioMinutes is not null;

    /// <summary>The cost of usage and audio; null if none of it has a price.</summary>
    /// <param name="usage">Tokens.</param>
    /// <param name="received">Audio from the client.</param>
    /// <param name="sent">Audio to the client.</param>
    internal decimal? CostOf(UsageMetadata usage, TimeSpan received, TimeSpan sent)
    {
        decimal? cost = null;
        if (price is { InputTokens: { } input, OutputTokens: { } output })
        {
            var tokens = Input(usage.PromptTokenCount, usage.PromptTokensDetails) + Input(usage.ToolUsePromptTokenCount, usage.ToolUsePromptTokensDetails)
                + Sum(usage.ResponseTokens, usage.ResponseTokensDetails ?? usage.CandidatesTokensDetails, output, modality => modality == Modality.Audio ? price.OutputAudioTokens : null)
                + ((usage.ThoughtsTokenCount ?? 0) * output);
            cost = tokens / Million;

            decimal Input(int? all, IReadOnlyList<ModalityTokenCount>? details) => Sum(all, details, input, InputPrice);
        }
        if (HasMinutes)
            cost = (cost ?? 0) + Minutes(received, price.InputAudioMinutes) + Minutes(sent, price.OutputAudioMinutes);
        return cost is { } exact ? decimal.Round(exact, Decimals) : null;
    }

    private decimal? InputPrice(Modality modality) =>
        modality == Modality.Audio ? price.InputAudioTokens : modality == Modality.Image || modality == Modality.Video ? price.InputImageTokens : null;

    private static decimal Minutes(TimeSpan audio, decimal? price) => price is { } each ? (decimal)audio.TotalMinutes * each : 0;

    // Tokens without a modality have the general price, so that every token is counted once.
    private static decimal Sum(int? all, IReadOnlyList<ModalityTokenCount>? details, decimal general, Func<Modality, decimal?> special)
    {
        var (cost, rest) = (0m, all ?? 0);
        foreach (var detail in details ?? [])
        {
            var count = Math.Max(0, detail.TokenCount ?? 0);
            rest -= count;
            cost += count * ((detail.Modality is { } modality ? special(modality) : null) ?? general);
        }
        return cost + (Math.Max(0, rest) * general);
    }
}
