using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Extensions.AI.Mapping;

/// <summary>Session options on top of a setup. What the Live API cannot do is refused: silence would be taken for success.</summary>
internal static class SetupMapping
{
    internal static LiveSetup ToSetup(RealtimeSessionOptions? options, LiveSetup defaults)
    {
        if (options is null)
            return defaults with { AutomaticTools = false };
        Refuse(options);
        var raw = options.RawRepresentationFactory?.Invoke();
        var invoking = raw as InvokingSetup;
        var setup = (invoking is null ? raw : invoking.Raw) switch
        {
            null => defaults,
            LiveSetup own => own,
            var other => throw new ArgumentException(
                $"RealtimeSessionOptions.RawRepresentationFactory gave a {other.GetType().Name}. Give a LiveSetup.", nameof(options)),
        };
        setup = setup with
        {
            Model = options.Model ?? setup.Model,
            ResponseModalities = options.OutputModalities is { Count: > 0 } modalities ? [.. modalities.Select(ToModality)] : setup.ResponseModalities,
            SystemInstruction = options.Instructions ?? setup.SystemInstruction,
            Voice = options.Voice ?? setup.Voice,
            MaxOutputTokens = options.MaxOutputTokens ?? setup.MaxOutputTokens,
            InputTranscription = ToTranscription(options.TranscriptionOptions) ?? setup.InputTranscription,
            RealtimeInput = ToRealtimeInput(options.VoiceActivityDetection, setup.RealtimeInput),
            Tools = ToTools(options, setup),
            AutomaticTools = false,
        };
        return invoking?.Apply(setup) ?? setup;
    }

    /// <summary>Rate of sound that does not say its own.</summary>
    internal static int InputRateHz(RealtimeSessionOptions? options) => options?.InputAudioFormat?.SampleRate ?? AudioFormat.InputRateHz;

    internal static IReadOnlyList<LiveTool> ToTools(IReadOnlyList<AITool> tools) => [.. tools.Select(LiveTool.From)];

    private static void Refuse(RealtimeSessionOptions options)
    {
        if (options.SessionKind != RealtimeSessionKind.Conversation)
        {
            throw new NotSupportedException(
                $"The Live API has no sessions of kind {options.SessionKind}. In a conversation the user is transcribed as well.");
        }
        if (options.InputAudioFormat is { } input && !AudioFormat.TryParseRate(input.MediaType, input.SampleRate, out _))
            throw new NotSupportedException($"The Live API hears audio/pcm, not {input.MediaType}.");
        if (options.OutputAudioFormat is { } output && (output.SampleRate != AudioFormat.OutputRateHz || !AudioFormat.TryParseRate(output.MediaType, output.SampleRate, out _)))
            throw new NotSupportedException($"The Live API speaks audio/pcm at {AudioFormat.OutputRateHz} Hz, not {output.MediaType} at {output.SampleRate} Hz.");
        if (options.ToolMode is RequiredChatToolMode)
            throw new NotSupportedException("The Live API cannot be made to call a function. Say so in the instructions, and leave ToolMode out.");
    }

    private static Modality ToModality(string modality) => modality.ToUpperInvariant() switch
    {
        "AUDIO" => Modality.Audio,
        "TEXT" => Modality.Text,
        _ => throw new NotSupportedException($"The Live API answers with audio or with text, not with {modality}."),
    };

    private static TranscriptionOption? ToTranscription(TranscriptionOptions? options)
    {
        if (options is null)
            return null;
        return new AudioTranscriptionConfig { LanguageCodes = string.IsNullOrEmpty(options.SpeechLanguage) ? null : [options.SpeechLanguage] };
    }

    private static RealtimeInputConfig? ToRealtimeInput(VoiceActivityDetectionOptions? options, RealtimeInputConfig? input)
    {
        if (options is null || options is { Enabled: true, AllowInterruption: true })
            return input;
        input ??= new RealtimeInputConfig();
        if (!options.Enabled)
            input = input with { AutomaticActivityDetection = (input.AutomaticActivityDetection ?? new AutomaticActivityDetection()) with { Disabled = true } };
        return options.AllowInterruption ? input : input with { ActivityHandling = ActivityHandling.NoInterruption };
    }

    private static IReadOnlyList<LiveTool>? ToTools(RealtimeSessionOptions options, LiveSetup setup) =>
        options.ToolMode is NoneChatToolMode ? null
        : options.Tools is { Count: > 0 } tools ? [.. setup.Tools ?? [], .. ToTools(tools)]
        : setup.Tools;
}

/// <summary>How <see cref="LiveFunctionInvokingRealtimeClient"/> tells the client below it to run the functions.</summary>
/// <param name="Raw">What the caller's own factory gave.</param>
/// <param name="Apply">Adds the functions and how they are run.</param>
internal sealed record InvokingSetup(object? Raw, Func<LiveSetup, LiveSetup> Apply);
