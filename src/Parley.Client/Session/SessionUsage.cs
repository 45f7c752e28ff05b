using Parley.Protocol;

namespace Parley.Client;

/// <summary>Tokens of a session so far: the sum of its <see cref="UsageUpdate"/>s. Each turn counts the whole context again.</summary>
public sealed record SessionUsage
{
    /// <summary>Tokens of the context, over all turns.</summary>
    public long PromptTokens { get; init; }

    /// <summary>The cached part of <see cref="PromptTokens"/>.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Generated tokens.</summary>
    public long ResponseTokens { get; init; }

    /// <summary>Tokens of tool results.</summary>
    public long ToolUseTokens { get; init; }

    /// <summary>Tokens of thoughts.</summary>
    public long ThoughtsTokens { get; init; }

    /// <summary>Total as the server reports it.</summary>
    public long TotalTokens { get; init; }

    internal SessionUsage Plus(UsageMetadata usage) => new()
    {
        PromptTokens = PromptTokens + (usage.PromptTokenCount ?? 0),
        CachedTokens = CachedTokens + (usage.CachedContentTokenCount ?? 0),
        ResponseTokens = ResponseTokens + usage.ResponseTokens,
        ToolUseTokens = ToolUseTokens + (usage.ToolUsePromptTokenCount ?? 0),
        ThoughtsTokens = ThoughtsTokens + (usage.ThoughtsTokenCount ?? 0),
        TotalTokens = TotalTokens + (usage.TotalTokenCount ?? 0),
    };
}
