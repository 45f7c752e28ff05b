using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Extensions.AI.Mapping;

/// <summary>Converts token counts; thoughts and tool results are counted separately, as the service does.</summary>
internal static class UsageMapping
{
    internal static UsageDetails? ToDetails(UsageMetadata? usage)
    {
        if (usage is null)
            return null;
        var output = usage.ResponseTokensDetails ?? usage.CandidatesTokensDetails;
        var details = new UsageDetails
        {
            InputTokenCount = usage.PromptTokenCount,
            OutputTokenCount = usage.ResponseTokenCount ?? usage.CandidatesTokenCount,
            TotalTokenCount = usage.TotalTokenCount,
            CachedInputTokenCount = usage.CachedContentTokenCount,
            ReasoningTokenCount = usage.ThoughtsTokenCount,
            InputAudioTokenCount = Count(usage.PromptTokensDetails, Modality.Audio),
            InputTextTokenCount = Count(usage.PromptTokensDetails, Modality.Text),
            OutputAudioTokenCount = Count(output, Modality.Audio),
            OutputTextTokenCount = Count(output, Modality.Text),
        };
        if (usage.ToolUsePromptTokenCount is { } tools)
            details.AdditionalCounts = new AdditionalPropertiesDictionary<long> { ["tool_use_prompt_tokens"] = tools };
        return details;
    }

    private static long? Count(IReadOnlyList<ModalityTokenCount>? counts, Modality modality)
    {
        long? sum = null;
        foreach (var count in counts ?? [])
        {
            if (count.Modality == modality)
                sum = (sum ?? 0) + (count.TokenCount ?? 0);
        }
        return sum;
    }
}
