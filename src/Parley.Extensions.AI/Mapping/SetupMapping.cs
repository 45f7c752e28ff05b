using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Extensions.AI.Mapping;

/// <summary>Applies session options to a setup. What the Live API does not support is refused, not ignored.</summary>
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
                $"RealtimeSessionOptions.RawRepresentationFactory returned a {other.GetType().Name}. Return a LiveSetup.", nameof(options)),
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

    /// <summary>Rate of audio whose media type has none.</summary>
    internal static int InputRateHz(RealtimeSessionOptions? options) => options?.InputAudioFormat?.SampleRate ?? AudioFormat.InputRateHz;

    internal static IReadOnlyList<LiveTool> ToTools(IReadOnlyList<AITool> tools) => [.. tools.Select(LiveTool.From)];

    private static void Refuse(RealtimeSessionOptions options)
    {
        if (options.SessionKind != RealtimeSessionKind.Conversation)
        {
            throw new NotSupportedException(
                $"The Live API has no sessions of kind {options.SessionKind}. Use Conversation, which also transcribes the user.");
        }
        if (options.InputAudioFormat is { } input && !AudioFormat.TryParseRate(input.MediaType, input.SampleRate, out _))
            throw new NotSupportedException($"The Live API takes audio/pcm as input, not {input.MediaType}.");
        if (options.OutputAudioFormat is { } output && (output.SampleRate != AudioFormat.OutputRateHz || !AudioFormat.TryParseRate(output.MediaType, output.SampleRate, out _)))
            throw new NotSupportedException($"The Live API outputs audio/pcm at {AudioFormat.OutputRateHz} Hz, not {output.MediaType} at {output.SampleRate} Hz.");
        if (options.ToolMode is RequiredChatToolMode)
            throw new NotSupportedException("The Live API cannot require a function call. Ask for it in the instructions, and leave ToolMode unset.");
    }

    private static Modality ToModality(string modality) => modality.ToUpperInvariant() switch
    {
        "AUDIO" => Modality.Audio,
        "TEXT" => Modality.Text,
        _ => throw new NotSupportedException($"The Live API answers with audio or text, not with \"{modality}\"."),
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

/// <summary>How <see cref="LiveFunctionInvokingRealtimeClient"/> configures the inner client to run the functions.</summary>
/// <param name="Raw">Result of the caller's own factory.</param>
/// <param name="Apply">Adds the functions and their settings.</param>
internal sealed record InvokingSetup(object? Raw, Func<LiveSetup, LiveSetup> Apply);
