using System.Text.Json;
using Parley.Protocol;

namespace Parley.Server;

/// <summary>Reads <c>usageMetadata</c>, as an object or as bytes, without allocating.</summary>
internal static class UsageReader
{
    internal static TokenUsage Read(UsageMetadata usage) => new()
    {
        Prompt = usage.PromptTokenCount ?? 0,
        Cached = usage.CachedContentTokenCount ?? 0,
        Response = usage.ResponseTokenCount ?? usage.CandidatesTokenCount ?? 0,
        Thoughts = usage.ThoughtsTokenCount ?? 0,
        ToolUse = usage.ToolUsePromptTokenCount ?? 0,
        Total = usage.TotalTokenCount ?? 0,
        PromptByModality = Sum(usage.PromptTokensDetails),
        ResponseByModality = Sum(usage.ResponseTokensDetails ?? usage.CandidatesTokensDetails),
    };

    /// <summary>Reads the value of the member; what makes no sense counts as zero.</summary>
    internal static TokenUsage Read(ReadOnlySpan<byte> json)
    {
        var usage = new TokenUsage();
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return usage;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("promptTokenCount"u8))
                usage = usage with { Prompt = Count(ref reader) };
            else if (reader.ValueTextEquals("cachedContentTokenCount"u8))
                usage = usage with { Cached = Count(ref reader) };
            else if (reader.ValueTextEquals("responseTokenCount"u8) || reader.ValueTextEquals("candidatesTokenCount"u8))
                usage = usage with { Response = Count(ref reader) };
            else if (reader.ValueTextEquals("thoughtsTokenCount"u8))
                usage = usage with { Thoughts = Count(ref reader) };
            else if (reader.ValueTextEquals("toolUsePromptTokenCount"u8))
                usage = usage with { ToolUse = Count(ref reader) };
            else if (reader.ValueTextEquals("totalTokenCount"u8))
                usage = usage with { Total = Count(ref reader) };
            else if (reader.ValueTextEquals("promptTokensDetails"u8))
                usage = usage with { PromptByModality = Details(ref reader) };
            else if (reader.ValueTextEquals("responseTokensDetails"u8) || reader.ValueTextEquals("candidatesTokensDetails"u8))
                usage = usage with { ResponseByModality = Details(ref reader) };
            else
                reader.Skip();
        }
        return usage;
    }

    private static int Count(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count))
            return count;
        reader.Skip();
        return 0;
    }

    // [{"modality":"AUDIO","tokenCount":12}, …]
    private static ModalityTokens Details(ref Utf8JsonReader reader)
    {
        var sum = new ModalityTokens();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return sum;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var (modality, count) = (' ', 0);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("tokenCount"u8))
                    count = Count(ref reader);
                else if (reader.ValueTextEquals("modality"u8) && reader.Read())
                    modality = Letter(ref reader);
                else
                    reader.Skip();
            }
            sum = Add(sum, modality, count);
        }
        return sum;
    }

    private static char Letter(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return ' ';
        }
        return reader.ValueTextEquals("TEXT"u8) ? 'T' : reader.ValueTextEquals("AUDIO"u8) ? 'A' : reader.ValueTextEquals("IMAGE"u8) ? 'I' : reader.ValueTextEquals("VIDEO"u8) ? 'V' : ' ';
    }

    private static ModalityTokens Sum(IReadOnlyList<ModalityTokenCount>? details)
    {
        var sum = new ModalityTokens();
        foreach (var detail in details ?? [])
        {
            var modality = detail.Modality == Modality.Text ? 'T' : detail.Modality == Modality.Audio ? 'A' : detail.Modality == Modality.Image ? 'I' : detail.Modality == Modality.Video ? 'V' : ' ';
            sum = Add(sum, modality, detail.TokenCount ?? 0);
        }
        return sum;
    }

    private static ModalityTokens Add(ModalityTokens sum, char modality, int count) => modality switch
    {
        'T' => sum with { Text = sum.Text + count },
        'A' => sum with { Audio = sum.Audio + count },
        'I' => sum with { Image = sum.Image + count },
        'V' => sum with { Video = sum.Video + count },
        _ => sum with { Other = sum.Other + count },
    };
}
