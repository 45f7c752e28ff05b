using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Parley.Protocol;

namespace Parley.Client.Telemetry;

/// <summary>Span attributes that are built from several values.</summary>
internal static class UsageTags
{
    internal static void Set(Activity turn, UsageMetadata usage)
    {
        turn.SetTag(GenAI.InputTokens, usage.PromptTokenCount).SetTag(GenAI.OutputTokens, usage.ResponseTokens + (usage.ThoughtsTokenCount ?? 0))
            .SetTag(GenAI.CachedInputTokens, usage.CachedContentTokenCount).SetTag(GenAI.ReasoningTokens, usage.ThoughtsTokenCount);
        Set(turn, usage.PromptTokensDetails, "input");
        Set(turn, usage.ResponseTokensDetails ?? usage.CandidatesTokensDetails, "output");
    }

    /// <summary>[{"role":"user","parts":[{"type":"text","content":"…"}]}]</summary>
    internal static string Message(string role, string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("role", role);
            writer.WriteStartArray("parts");
            writer.WriteStartObject();
            writer.WriteString("type", "text");
            writer.WriteString("content", text);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Set(Activity turn, IReadOnlyList<ModalityTokenCount>? counts, string direction)
    {
        foreach (var count in counts ?? [])
        {
            // The conventions define these three; other modalities are in the total only.
            var modality = count.Modality == Modality.Audio ? "audio" : count.Modality == Modality.Text ? "text" : count.Modality == Modality.Image ? "image" : null;
            if (modality is not null)
                turn.SetTag(GenAI.TokensOf(modality, direction), count.TokenCount);
        }
    }
}
