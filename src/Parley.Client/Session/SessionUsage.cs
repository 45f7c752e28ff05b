using Parley.Protocol;

namespace Parley.Client;

/// <summary>Tokens of a session so far: the sum over its <see cref="UsageUpdate"/>s. Every turn is charged for the whole context again.</summary>
public sealed record SessionUsage
{
    /// <summary>Context of all turns.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Cached part of it.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Generated.</summary>
    public long ResponseTokens { get; init; }

    /// <summary>Tool results.</summary>
    public long ToolUseTokens { get; init; }

    /// <summary>Thinking.</summary>
    public long ThoughtsTokens { get; init; }

    /// <summary>All together, as the server adds them.</summary>
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
