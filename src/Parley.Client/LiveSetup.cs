using System.Text.Json.Nodes;
using Parley.Client.Checks;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Model, tools and settings of a session, as a flat record; <see cref="ToWire"/> converts it to the setup message of the wire (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#33-mapping-the-guide-form-onto-the-wire-form">protocol 3.3</see>
/// and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see>). Members that are not set are not sent: the model's default applies.
/// </summary>
public sealed record LiveSetup
{
    private const string ModelPrefix = "models/";

    /// <summary>Name of the model, with or without <c>models/</c>. Required with an API key; a token may lock the model.</summary>
    public string? Model { get; init; }

    /// <summary>Exactly one of <see cref="Modality.Audio"/> and <see cref="Modality.Text"/>; default audio.</summary>
    public IReadOnlyList<Modality>? ResponseModalities { get; init; }

    /// <summary>Instruction to the model. To send several parts, use <see cref="Configure"/>.</summary>
    public string? SystemInstruction { get; init; }

    /// <summary>Name of a prebuilt voice, in any case, from <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#132-voices-30">protocol 13.2</see>.</summary>
    public string? Voice { get; init; }

    /// <summary>BCP-47 code of the spoken answer; some native-audio models refuse it.</summary>
    public string? LanguageCode { get; init; }

    /// <summary>Randomness, 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus sampling, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Top-k sampling.</summary>
    public double? TopK { get; init; }

    /// <summary>Longest answer in tokens.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>-2 to 2.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>-2 to 2.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>Seed of the sampling.</summary>
    public int? Seed { get; init; }

    /// <summary>Resolution at which pictures are processed.</summary>
    public MediaResolution? MediaResolution { get; init; }

    /// <summary>Thinking: a budget for 2.5, a level for 3.1 and extended thinking, none for the others (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#413-thinkingconfig">protocol 4.1.3</see>).</summary>
    public ThinkingConfig? Thinking { get; init; }

    /// <summary>Live translation models only.</summary>
    public TranslationConfig? Translation { get; init; }

    /// <summary>Adapts the tone to the user; 2.5 native audio on <c>v1alpha</c> only.</summary>
    public bool? AffectiveDialog { get; init; }

    /// <summary>Whether the model may stay silent, or speak without being asked.</summary>
    public ProactivityConfig? Proactivity { get; init; }

    /// <summary>Functions and built-in tools: <c>Tools = [AIFunctionFactory.Create(GetWeather), LiveTool.GoogleSearch]</c>.</summary>
    public IReadOnlyList<LiveTool>? Tools { get; init; }

    /// <summary>
    /// Runs each <see cref="Microsoft.Extensions.AI.AIFunction"/> of <see cref="Tools"/> and answers its calls; default true.
    /// False: you answer every call with <see cref="LiveSession.SendToolResponsesAsync"/>. Calls are delivered as
    /// <see cref="ToolCallUpdate"/> in both cases. Not sent.
    /// </summary>
    public bool AutomaticTools { get; init; } = true;

    /// <summary>Services that functions receive as <see cref="Microsoft.Extensions.AI.AIFunctionArguments.Services"/>. Not sent.</summary>
    public IServiceProvider? ToolServices { get; init; }

    /// <summary>
    /// Whether the model is sent the message of an exception that a function throws; default false: it hears only that the function failed,
    /// because it may repeat to the user what it hears. What is wrong with its own arguments it hears in any case. Not sent.
    /// </summary>
    public bool IncludeDetailedErrors { get; init; }

    /// <summary>
    /// Chooses the text that the model is sent when a function throws, whatever <see cref="IncludeDetailedErrors"/> is; null from it = the
    /// default text. Not sent.
    /// </summary>
    public Func<Exception, string?>? DescribeToolError { get; init; }

    /// <summary>Transcribes the user; default off.</summary>
    public TranscriptionOption InputTranscription { get; init; }

    /// <summary>Transcribes the model's speech; default off.</summary>
    public TranscriptionOption OutputTranscription { get; init; }

    /// <summary>Activity detection and turn coverage; default automatic detection with the model's values.</summary>
    public RealtimeInputConfig? RealtimeInput { get; init; }

    /// <summary>
    /// If set, even to an empty object, the server sends handles; with a handle the session resumes an earlier one. Default off.
    /// </summary>
    public SessionResumptionConfig? SessionResumption { get; init; }

    /// <summary>Needed, with a sliding window, for sessions longer than about 15 minutes; default off.</summary>
    public ContextWindowCompressionConfig? ContextWindowCompression { get; init; }

    /// <summary>
    /// True: content up to the first completed turn is history and starts no answer. Required for history on 3.1 (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#42-clientcontent">protocol 4.2</see>).
    /// </summary>
    public bool? InitialHistory { get; init; }

    /// <summary>Requests <see cref="VoiceActivityUpdate"/>s (Vertex).</summary>
    public bool? ExplicitVadSignal { get; init; }

    /// <summary>Blocking thresholds by harm category.</summary>
    public IReadOnlyList<SafetySetting>? SafetySettings { get; init; }

    /// <summary>Billing labels; at most 63 characters per key and value.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>
    /// Longest run of one function, or longest wait for the next result of a streaming one; default 60 s. After that the model gets an
    /// error and the function's token is cancelled. <see cref="Timeout.InfiniteTimeSpan"/> = no limit. A tool may have its own limit. Not
    /// sent.
    /// </summary>
    public TimeSpan ToolTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Decides before each call of an automatic tool whether it runs; its time does not count towards the limit. A refused call is answered
    /// with an error. The token is cancelled with the call. Default: every call runs. Not sent.
    /// </summary>
    public Func<FunctionCall, CancellationToken, ValueTask<ToolApproval>>? ApproveToolCall { get; init; }

    /// <summary>Called last with the wire setup, for everything that has no member here.</summary>
    public Action<Setup>? Configure { get; init; }

    /// <summary>
    /// Members that override the wire setup, for fields this version does not know: objects are merged, null removes a member, anything
    /// else replaces it. In lowerCamelCase, without <c>setup</c> around it.
    /// </summary>
    public JsonObject? Overrides { get; init; }

    /// <summary>Converts to the setup message; creates a new one each time.</summary>
    public Setup ToWire()
    {
        var generation = ToGenerationConfig();
        var setup = new Setup
        {
            Model = Qualify(Model),
            GenerationConfig = generation == new GenerationConfig() ? null : generation,
            SystemInstruction = SystemInstruction is null ? null : new Content { Parts = [new Part { Text = SystemInstruction }] },
            Tools = LiveTool.ToWire(Tools),
            RealtimeInputConfig = RealtimeInput,
            // An empty handle means no handle, and some models refuse null: leaving it out is the only safe form.
            SessionResumption = SessionResumption is { Handle: "" } resumption ? resumption with { Handle = null } : SessionResumption,
            ContextWindowCompression = ContextWindowCompression,
            InputAudioTranscription = InputTranscription.Config,
            OutputAudioTranscription = OutputTranscription.Config,
            Proactivity = Proactivity,
            HistoryConfig = InitialHistory is null ? null : new HistoryConfig { InitialHistoryInClientContent = InitialHistory },
            ExplicitVadSignal = ExplicitVadSignal,
            SafetySettings = SafetySettings is { Count: > 0 } ? SafetySettings : null,
            Labels = Labels is { Count: > 0 } ? Labels : null,
        };
        Configure?.Invoke(setup);
        return setup;
    }

    /// <summary>The setup as JSON of the wire: lowerCamelCase, only what is set, with <see cref="Overrides"/>; without <c>setup</c> around it.</summary>
    public JsonObject ToWireJson() => SetupJson.Merge(ToWire(), Overrides);

    private static string? Qualify(string? model) =>
        string.IsNullOrEmpty(model) || model.Contains('/', StringComparison.Ordinal) ? model : ModelPrefix + model;

    private GenerationConfig ToGenerationConfig() => new()
    {
        ResponseModalities = ResponseModalities is { Count: > 0 } ? ResponseModalities : null,
        SpeechConfig = Voice is null && LanguageCode is null ? null : new SpeechConfig
        {
            VoiceConfig = Voice is null ? null : new VoiceConfig { PrebuiltVoiceConfig = new PrebuiltVoiceConfig { VoiceName = Voice } },
            LanguageCode = LanguageCode,
        },
        Temperature = Temperature,
        TopP = TopP,
        TopK = TopK,
        MaxOutputTokens = MaxOutputTokens,
        PresencePenalty = PresencePenalty,
        FrequencyPenalty = FrequencyPenalty,
        Seed = Seed,
        MediaResolution = MediaResolution,
        ThinkingConfig = Thinking,
        TranslationConfig = Translation,
        EnableAffectiveDialog = AffectiveDialog,
    };
}
