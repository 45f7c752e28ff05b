using System.Buffers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>Checks a setup against the rules of its model (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#131-models">protocol 13.1</see>) and fills in defaults.</summary>
internal sealed partial class SetupPolicy(IVoiceNames voices)
{
    /// <summary>Most function declarations in one tool, as in the API's type.</summary>
    private const int MaxFunctions = 512;

    private static readonly LiveClose NoVoices = new(1007, "Cannot extract voices from a non-audio request.");
    private static readonly LiveClose NoThinking = new(1007, "Thinking level is not supported for this model");
    private static readonly LiveClose LevelMissing = new(1007, "Thinking level must be specified");

    /// <summary>Closes a setup that the public service closes, by the rules of its model data; for servers that accept nothing else.</summary>
    /// <exception cref="LiveCloseException">The public service does not accept it.</exception>
    internal static void RequirePublic(Setup requested, LiveModelProfile profile, string version, string? service = null)
    {
        var json = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(requested, json);
        if (LiveModelProfiles.BuiltIn.CloseReason(JsonNode.Parse(json.WrittenSpan)!.AsObject(), profile, service ?? "developer", version) is { } reason)
            throw new LiveCloseException(new LiveClose(1007, reason));
    }

    /// <summary>The effective setup: checked, without unspecified values, with one modality.</summary>
    /// <exception cref="LiveCloseException">The model does not support it.</exception>
    internal Setup Apply(Setup requested, string model, LiveModelProfile profile)
    {
        var setup = UnspecifiedValues.Without(requested);
        var generation = setup.GenerationConfig ?? new GenerationConfig();
        var modality = ModalityOf(generation, profile);
        CheckThinking(generation.ThinkingConfig, profile.Thinking);
        generation = generation with { SpeechConfig = WithKnownVoice(generation.SpeechConfig) };
        CheckTools(setup.Tools, profile);
        Require(generation.EnableAffectiveDialog is not true || profile.AllowsAffectiveDialog);
        CheckProactivity(setup.Proactivity, profile);
        if (setup.ContextWindowCompression is { TriggerTokens: { } trigger, SlidingWindow.TargetTokens: { } target })
            Require(target < trigger);
        return setup with { Model = model, GenerationConfig = generation with { ResponseModalities = [modality] } };
    }

    private static Modality ModalityOf(GenerationConfig generation, LiveModelProfile profile)
    {
        var asked = (generation.ResponseModalities ?? []).Where(static m => m != Modality.Unspecified).Distinct().ToArray();
        if (asked is [])
            return profile.Modalities[0];
        Require(asked is [_]);
        if (profile.Modalities.Contains(asked[0]))
            return asked[0];
        throw new LiveCloseException(asked[0] == Modality.Text && generation.SpeechConfig is not null ? NoVoices : LiveClose.InvalidArgument);
    }

    private static void CheckThinking(ThinkingConfig? thinking, ThinkingRule rule)
    {
        if (rule == ThinkingRule.Refused)
            Require(thinking is null, NoThinking);
        if (rule != ThinkingRule.Required)
            return;
        Require(thinking is not (null or { ThinkingLevel: null, ThinkingBudget: null }), LevelMissing);
        Require(thinking is not { ThinkingLevel: not null, ThinkingBudget: not null });
        Require(thinking!.ThinkingLevel != ThinkingLevel.Minimal, NoThinking);
    }

    // The name in any case; the model gets it as it is listed.
    private SpeechConfig? WithKnownVoice(SpeechConfig? speech)
    {
        if (speech?.VoiceConfig is not { PrebuiltVoiceConfig: { VoiceName: { Length: > 0 } asked } prebuilt } config)
            return speech;
        var voice = voices.Find(asked) ?? throw new LiveCloseException(new LiveClose(1007, $"There is no voice '{asked}'."));
        return voice.Name == asked
            ? speech
            : speech with { VoiceConfig = config with { PrebuiltVoiceConfig = prebuilt with { VoiceName = voice.Name } } };
    }

    private static void CheckTools(IReadOnlyList<Tool>? tools, LiveModelProfile profile)
    {
        if (tools is null)
            return;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var functions in tools.Select(static tool => tool.FunctionDeclarations ?? []))
        {
            Require(functions.Count <= MaxFunctions);
            foreach (var function in functions)
            {
                Require(function.Name is { } name && FunctionName.IsMatch(name));
                Require(names.Add(function.Name!), new LiveClose(1007, $"The function '{function.Name}' is declared twice."));
                Require(function.Parameters is null || function.ParametersJsonSchema is null);
                Require(function.Response is null || function.ResponseJsonSchema is null);
                Require(function.Behavior != Behavior.Blocking || profile.AllowsBlocking);
                Require(function.Behavior != Behavior.NonBlocking || profile.AllowsNonBlocking);
            }
        }
    }

    private static void CheckProactivity(ProactivityConfig? proactivity, LiveModelProfile profile)
    {
        Require(proactivity?.ProactiveAudio is not false || !profile.ProactiveAudioAlwaysOn);
        Require(proactivity?.ProactiveVideo is not true || proactivity.ProactiveAudio is true || profile.ProactiveAudioAlwaysOn);
    }

    private static void Require(bool holds, LiveClose? close = null)
    {
        if (!holds)
            throw new LiveCloseException(close ?? LiveClose.InvalidArgument);
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.:-]{0,127}\z")]
    private static partial Regex FunctionName { get; }
}
