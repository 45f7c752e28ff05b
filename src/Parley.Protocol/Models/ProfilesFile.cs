using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Protocol.Models;

/// <summary>
/// The data file. A member that the file leaves out is null here, whatever its default in <see cref="LiveModelProfile"/>.
/// </summary>
internal sealed record ProfilesFile
{
    /// <summary>Explanation for readers of the file; not used.</summary>
    public string? About { get; init; }

    public string? Updated { get; init; }

    public IReadOnlyList<PublicModel> Models { get; init => field = value ?? []; } = [];

    /// <summary>What differs on Vertex, for every model.</summary>
    public ServiceEntry? Vertex { get; init; }

    /// <summary>Facts about every model.</summary>
    public IReadOnlyList<LiveModelFact> Facts { get; init => field = value ?? []; } = [];

    /// <summary>Every voice with one word that describes it, in the order in which the service lists them.</summary>
    public IReadOnlyDictionary<string, string> VoiceCharacters { get; init => field = value ?? new Dictionary<string, string>(); } =
        new Dictionary<string, string>();

    /// <summary>Lists of voices by name; a profile names one of them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Voices { get; init => field = value ?? new Dictionary<string, IReadOnlyList<string>>(); } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Rules of every model.</summary>
    public IReadOnlyList<SetupRule> Common { get; init => field = value ?? []; } = [];

    /// <summary>Rules that several profiles share, by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SetupRule>> Sets { get; init => field = value ?? new Dictionary<string, IReadOnlyList<SetupRule>>(); } =
        new Dictionary<string, IReadOnlyList<SetupRule>>();

    public required IReadOnlyList<ProfileEntry> Profiles { get; init; }

    /// <exception cref="JsonException">A name leads nowhere, or a rule is not known to this version.</exception>
    internal void Validate()
    {
        foreach (var profile in Profiles)
        {
            if (profile.Sets.FirstOrDefault(set => !Sets.ContainsKey(set)) is { } missing)
                throw new JsonException($"Profile \"{profile.Name}\" uses the set \"{missing}\", which the file does not define.");
            if (profile.Voices is { } voices && !Voices.ContainsKey(voices))
                throw new JsonException($"Profile \"{profile.Name}\" uses the voices \"{voices}\", which the file does not define.");
        }
        foreach (var rule in Common.Concat(Sets.Values.SelectMany(static set => set)).Concat(Profiles.SelectMany(static p => p.Rules)))
            RuleReader.RequireKnown(rule);
    }
}

/// <summary>What differs on one of Google's services; null = nothing.</summary>
internal sealed record ServiceEntry
{
    public string? DefaultBehavior { get; init; }

    public bool? AllowsAffectiveDialog { get; init; }

    internal LiveModelProfile Apply(LiveModelProfile profile) => profile with
    {
        DefaultBehavior = DefaultBehavior is null ? profile.DefaultBehavior : new Behavior(DefaultBehavior),
        AllowsAffectiveDialog = AllowsAffectiveDialog ?? profile.AllowsAffectiveDialog,
    };
}

/// <summary>One profile as the file has it.</summary>
internal sealed record ProfileEntry
{
    private static readonly LiveModelProfile Defaults = LiveModelProfiles.Unknown;

    public required string Name { get; init; }

    public IReadOnlyList<string> Models { get; init => field = value ?? []; } = [];

    public DateOnly? AsOf { get; init; }

    public string? Source { get; init; }

    public DateOnly? From { get; init; }

    public DateOnly? Until { get; init; }

    public IReadOnlyList<string>? Modalities { get; init; }

    public ThinkingRule? Thinking { get; init; }

    public ClientContentRule? ClientContent { get; init; }

    public string? DefaultBehavior { get; init; }

    public bool? AllowsBlocking { get; init; }

    public bool? AllowsNonBlocking { get; init; }

    public string? DefaultTurnCoverage { get; init; }

    public bool? CompletesTurnAfterToolCall { get; init; }

    public bool? ReportsInteractionStatus { get; init; }

    public bool? AllowsAffectiveDialog { get; init; }

    public bool? ProactiveAudioAlwaysOn { get; init; }

    public bool? InputCancelsCalls { get; init; }

    public bool? InterruptTalksOverUser { get; init; }

    public bool? AcceptsContextUpdate { get; init; }

    public int? ContextWindowTokens { get; init; }

    public int? OutputTokenLimit { get; init; }

    public bool? ReadsParametersJsonSchema { get; init; }

    public ServiceEntry? Vertex { get; init; }

    public IReadOnlyList<LiveModelFact> Facts { get; init => field = value ?? []; } = [];

    public string? Voices { get; init; }

    public IReadOnlyList<string> Sets { get; init => field = value ?? []; } = [];

    public IReadOnlyList<SetupRule> Rules { get; init => field = value ?? []; } = [];

    internal LiveModelProfile ToProfile(ProfilesFile file) => new()
    {
        Name = Name,
        Models = Models,
        AsOf = AsOf,
        Source = Source,
        From = From,
        Until = Until,
        Facts = [.. Facts, .. file.Facts],
        Modalities = Modalities is { Count: > 0 } ? [.. Modalities.Select(static name => new Modality(name))] : Defaults.Modalities,
        Thinking = Thinking ?? Defaults.Thinking,
        ClientContent = ClientContent ?? Defaults.ClientContent,
        DefaultBehavior = DefaultBehavior is null ? Defaults.DefaultBehavior : new Behavior(DefaultBehavior),
        AllowsBlocking = AllowsBlocking ?? Defaults.AllowsBlocking,
        AllowsNonBlocking = AllowsNonBlocking ?? Defaults.AllowsNonBlocking,
        DefaultTurnCoverage = DefaultTurnCoverage is null ? Defaults.DefaultTurnCoverage : new TurnCoverage(DefaultTurnCoverage),
        CompletesTurnAfterToolCall = CompletesTurnAfterToolCall ?? Defaults.CompletesTurnAfterToolCall,
        ReportsInteractionStatus = ReportsInteractionStatus ?? Defaults.ReportsInteractionStatus,
        AllowsAffectiveDialog = AllowsAffectiveDialog ?? Defaults.AllowsAffectiveDialog,
        ProactiveAudioAlwaysOn = ProactiveAudioAlwaysOn ?? Defaults.ProactiveAudioAlwaysOn,
        InputCancelsCalls = InputCancelsCalls ?? Defaults.InputCancelsCalls,
        InterruptTalksOverUser = InterruptTalksOverUser ?? Defaults.InterruptTalksOverUser,
        AcceptsContextUpdate = AcceptsContextUpdate ?? Defaults.AcceptsContextUpdate,
        ContextWindowTokens = ContextWindowTokens ?? Defaults.ContextWindowTokens,
        OutputTokenLimit = OutputTokenLimit ?? Defaults.OutputTokenLimit,
        ReadsParametersJsonSchema = ReadsParametersJsonSchema ?? Defaults.ReadsParametersJsonSchema,
        Voices = Voices is null ? Defaults.Voices : file.Voices[Voices],
        Vertex = Vertex,
        Rules = [.. Sets.SelectMany(set => file.Sets[set]), .. Rules],
    };
}

/// <summary>When a setting will be refused or ignored, for facts that <see cref="LiveModelProfile"/> has no member for.</summary>
internal sealed record SetupRule
{
    public required PreflightSeverity Severity { get; init; }

    /// <summary>Conditions, all of which must hold; the path of the first is the one that is reported.</summary>
    public required IReadOnlyList<SetupCondition> When { get; init; }

    /// <summary>Conditions are tested on each of these, such as <c>tools[].functionDeclarations[]</c>; absent = on the setup.</summary>
    public string? Each { get; init; }

    public required string Reason { get; init; }

    public required string Hint { get; init; }

    /// <summary><c>developer</c> or <c>vertex</c>: only there. Absent = everywhere.</summary>
    public string? Service { get; init; }

    /// <summary>Only in this version of the API, such as <c>v1beta</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Reason with which a server closes that accepts only what the service accepts; absent = it does not close for this.</summary>
    public string? Close { get; init; }
}

/// <summary>A condition on one member of the setup.</summary>
/// <param name="Path">Member names joined by dots; <c>[]</c> after a list means any of its elements.</param>
/// <param name="Is">
/// <c>present</c>, <c>absent</c>, <c>equal</c>, <c>longerThan</c> and <c>shorterThan</c> (lists), <c>notBelow</c> (the member whose path is
/// the value), <c>unlike</c> (a regular expression).
/// </param>
/// <param name="Value">What it is compared with.</param>
internal sealed record SetupCondition(string Path, string Is, JsonElement? Value = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ProfilesFile))]
internal sealed partial class ProfilesJson : JsonSerializerContext;
