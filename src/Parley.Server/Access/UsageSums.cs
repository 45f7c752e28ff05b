namespace Parley.Server;

/// <summary>Amounts of usage by day and key.</summary>
/// <param name="Usage">Sessions, time and tokens; at most one for each day and key.</param>
/// <param name="Closes">Ends of connections; at most one for each day, key, code and cause.</param>
public sealed record UsageSums(IReadOnlyList<DayUsage> Usage, IReadOnlyList<DayCloses> Closes);

/// <summary>Amounts that a server adds to the stored sums.</summary>
/// <param name="WriterId">Identifies the writer: a new random id for each process.</param>
/// <param name="Sequence">Number of the batch: 1, 2, 3 and so on for each writer, one at a time.</param>
/// <param name="Sums">The amounts.</param>
public sealed record UsageBatch(string WriterId, long Sequence, UsageSums Sums);

/// <summary>Usage of one key on one day.</summary>
/// <param name="Day">The day (UTC).</param>
/// <param name="KeyId">The key: <see cref="LiveCaller.KeyId"/>.</param>
public sealed record DayUsage(DateOnly Day, string KeyId)
{
    /// <summary>New sessions.</summary>
    public long Sessions { get; init; }

    /// <summary>Sessions resumed on another connection.</summary>
    public long Resumes { get; init; }

    /// <summary>Connected time of all sessions together.</summary>
    public long Milliseconds { get; init; }

    /// <summary>Tokens of prompts.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Tokens of answers.</summary>
    public long ResponseTokens { get; init; }

    /// <summary>Cost, exact to a billionth, in the currency of <see cref="LivePriceOptions"/>; null if nothing had a price.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Tokens of models without a price, of prompts and answers together.</summary>
    public long UnpricedTokens { get; init; }

    internal DayUsage Plus(DayUsage more) => this with
    {
        Sessions = Sessions + more.Sessions,
        Resumes = Resumes + more.Resumes,
        Milliseconds = Milliseconds + more.Milliseconds,
        PromptTokens = PromptTokens + more.PromptTokens,
        ResponseTokens = ResponseTokens + more.ResponseTokens,
        Cost = Cost is null ? more.Cost : Cost + (more.Cost ?? 0),
        UnpricedTokens = UnpricedTokens + more.UnpricedTokens,
    };
}

/// <summary>Number of connections of a key that ended with one close code and cause on one day.</summary>
/// <param name="Day">The day (UTC).</param>
/// <param name="KeyId">The key: <see cref="LiveCaller.KeyId"/>; <c>none</c> without a valid credential.</param>
/// <param name="Code">The close code.</param>
/// <param name="Cause">Who or what ended the connection, in a word or two.</param>
/// <param name="Count">The number.</param>
public sealed record DayCloses(DateOnly Day, string KeyId, int Code, string Cause, long Count);
