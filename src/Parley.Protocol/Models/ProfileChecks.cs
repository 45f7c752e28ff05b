using System.Text.Json.Nodes;

namespace Parley.Protocol.Models;

/// <summary>Compares a setup with the typed members of a profile. What has no member is a <see cref="SetupRule"/>.</summary>
internal static class ProfileChecks
{
    internal static IEnumerable<PreflightFinding> Of(JsonObject setup, LiveModelProfile profile, string? service)
    {
        var generation = setup["generationConfig"] as JsonObject;
        return Modalities(generation, profile)
            .Concat(Thinking(generation?["thinkingConfig"], profile))
            .Concat(Voice(generation?["speechConfig"], profile, service))
            .Concat(Dialog(generation, setup["proactivity"] as JsonObject, profile))
            .Concat(Functions(setup["tools"] as JsonArray, profile))
            .Concat(FunctionChecks.Of(setup["tools"] as JsonArray))
            .Select(finding => new PreflightFinding(finding.Severity, "setup." + finding.Path, finding.Reason, finding.Hint, profile.Name));
    }

    private static IEnumerable<Finding> Modalities(JsonObject? generation, LiveModelProfile profile)
    {
        if (profile.Modalities.Contains(Modality.Audio) && profile.Modalities.Contains(Modality.Text)
            || generation?["responseModalities"] is not JsonArray asked)
        {
            yield break;
        }

        for (var i = 0; i < asked.Count; i++)
        {
            var path = $"generationConfig.responseModalities[{i}]";
            if (Is(asked[i], "TEXT") && !profile.Modalities.Contains(Modality.Text))
            {
                yield return new(path, "The model answers in speech only; TEXT closes the session with 1007.",
                    "Leave ResponseModalities unset, and set OutputTranscription to get the text.");
            }
            else if (Is(asked[i], "AUDIO") && !profile.Modalities.Contains(Modality.Audio))
            {
                yield return new(path, "The model answers in text only; AUDIO closes the session with 1007.", "Set ResponseModalities to TEXT.");
            }
        }
    }

    private static IEnumerable<Finding> Thinking(JsonNode? thinking, LiveModelProfile profile)
    {
        const string Path = "generationConfig.thinkingConfig";
        var level = (thinking as JsonObject)?["thinkingLevel"];
        var hasBudget = (thinking as JsonObject)?["thinkingBudget"] is not null;
        switch (profile.Thinking)
        {
            case ThinkingRule.Refused when thinking is not null:
                yield return new(Path, "The model takes no thinking settings: \"Thinking level is not supported for this model\".", "Leave Thinking unset.");
                break;
            case ThinkingRule.BudgetOnly when level is not null:
                yield return new(Path + ".thinkingLevel", "The model takes a budget, not a level.", "Set ThinkingConfig.ThinkingBudget: 0 is off, -1 is automatic.");
                break;
            case ThinkingRule.Required when level is null && !hasBudget:
                yield return new(Path + ".thinkingLevel", "The model requires a level: \"Thinking level must be specified\".", "Set Thinking to a level of LOW, MEDIUM or HIGH.");
                break;
            case ThinkingRule.Required when level is not null && hasBudget:
                yield return new(Path + ".thinkingLevel", "Level and budget together are an error.", "Keep the level.");
                break;
            case ThinkingRule.Required when Is(level, "MINIMAL"):
                yield return new(Path + ".thinkingLevel", "The model does not take the level MINIMAL.", "Use LOW.");
                break;
        }
    }

    // A server of your own may offer other voices than Google does: there it is a warning.
    private static IEnumerable<Finding> Voice(JsonNode? speech, LiveModelProfile profile, string? service)
    {
        if (profile.Voices.Count == 0)
            yield break;
        if (((speech as JsonObject)?["voiceConfig"] as JsonObject)?["prebuiltVoiceConfig"] is JsonObject config
            && config["voiceName"]?.ToString() is { Length: > 0 } name && !profile.Voices.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            yield return new("generationConfig.speechConfig.voiceConfig.prebuiltVoiceConfig.voiceName", $"The model has no voice \"{name}\".",
                $"Use one of {string.Join(", ", profile.Voices)}.", service is null ? PreflightSeverity.Ignored : PreflightSeverity.Refused);
        }
    }

    private static IEnumerable<Finding> Dialog(JsonObject? generation, JsonObject? proactivity, LiveModelProfile profile)
    {
        if (!profile.AllowsAffectiveDialog && Is(generation?["enableAffectiveDialog"], true))
        {
            yield return new("generationConfig.enableAffectiveDialog", "The model has no affective dialog; the session fails, often without a reason.",
                "Leave AffectiveDialog unset.");
        }
        if (profile.ProactiveAudioAlwaysOn && Is(proactivity?["proactiveAudio"], false))
            yield return new("proactivity.proactiveAudio", "Proactive audio is always on.", "Leave Proactivity unset.");
        if (!profile.ProactiveAudioAlwaysOn && Is(proactivity?["proactiveVideo"], true) && !Is(proactivity?["proactiveAudio"], true))
            yield return new("proactivity.proactiveVideo", "proactiveVideo needs proactiveAudio.", "Set both.");
    }

    private static IEnumerable<Finding> Functions(JsonArray? tools, LiveModelProfile profile)
    {
        for (var i = 0; i < (tools?.Count ?? 0); i++)
        {
            var functions = (tools![i] as JsonObject)?["functionDeclarations"] as JsonArray;
            for (var j = 0; j < (functions?.Count ?? 0); j++)
            {
                var behavior = (functions![j] as JsonObject)?["behavior"];
                var path = $"tools[{i}].functionDeclarations[{j}].behavior";
                if (!profile.AllowsBlocking && Is(behavior, "BLOCKING"))
                    yield return new(path, "Functions never block this model.", "Leave the behavior unset.");
                else if (!profile.AllowsNonBlocking && Is(behavior, "NON_BLOCKING"))
                    yield return new(path, "Functions always block this model.", "Leave the behavior unset.");
            }
        }
    }

    private static bool Is(JsonNode? node, string value) => node is JsonValue && node.ToString() == value;

    private static bool Is(JsonNode? node, bool value) => node is JsonValue known && known.TryGetValue<bool>(out var actual) && actual == value;

    internal readonly record struct Finding(string Path, string Reason, string Hint, PreflightSeverity Severity = PreflightSeverity.Refused);
}
