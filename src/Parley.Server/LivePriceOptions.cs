namespace Parley.Server;

/// <summary>
/// What models cost, so that usage has a cost. Section <c>Live:Prices</c>. Empty by default: prices change, and nothing is assumed. A cost is calculated once,
/// when usage arrives, with the prices of that moment.
/// </summary>
public sealed class LivePriceOptions
{
    /// <summary>Currency of all prices, three letters, such as <c>EUR</c>. Stored costs are numbers: they are not converted when it changes. Default <c>USD</c>.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>
    /// Prices by model, without <c>models/</c>; <c>*</c> stands for any characters. An exact name comes first, then the longest pattern that matches. A model
    /// without prices has no cost.
    /// </summary>
    public IDictionary<string, LiveModelPrice> Models { get; } = new Dictionary<string, LiveModelPrice>(StringComparer.Ordinal);
}

/// <summary>Prices of a model, for tokens, for minutes of audio, or both. Those of tokens are for a million.</summary>
public sealed class LiveModelPrice
{
    /// <summary>A million tokens of input: text, tool results, and all that has no price of its own. Null = tokens have no price.</summary>
    public decimal? InputTokens { get; set; }

    /// <summary>A million tokens of audio input; null = <see cref="InputTokens"/>.</summary>
    public decimal? InputAudioTokens { get; set; }

    /// <summary>A million tokens of pictures and video; null = <see cref="InputTokens"/>.</summary>
    public decimal? InputImageTokens { get; set; }

    /// <summary>A million tokens of output: text, thoughts, and all that has no price of its own. Required with <see cref="InputTokens"/>.</summary>
    public decimal? OutputTokens { get; set; }

    /// <summary>A million tokens of audio output; null = <see cref="OutputTokens"/>.</summary>
    public decimal? OutputAudioTokens { get; set; }

    /// <summary>A minute of audio from the client, also of silence; null = none.</summary>
    public decimal? InputAudioMinutes { get; set; }

    /// <summary>A minute of audio of the model, also of what an interruption cut off; null = none.</summary>
    public decimal? OutputAudioMinutes { get; set; }
}
