namespace Parley.Protocol;

/// <summary>Which thinking settings a model takes (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#413-thinkingconfig">protocol 4.1.3</see>).</summary>
public enum ThinkingRule
{
    /// <summary>Any, or none.</summary>
    Any,

    /// <summary>A budget; a level is refused.</summary>
    BudgetOnly,

    /// <summary>None: any <c>thinkingConfig</c> closes the session with 1007.</summary>
    Refused,

    /// <summary>Either a level of LOW, MEDIUM or HIGH, or a budget, must be given.</summary>
    Required,
}

/// <summary>When a model takes client content (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#42-clientcontent">protocol 4.2</see>).</summary>
public enum ClientContentRule
{
    /// <summary>At any time.</summary>
    Anytime,

    /// <summary>Only as initial history, and only if the setup announced it.</summary>
    InitialHistoryOnly,
}

/// <summary>
/// What is known of a family of models: what it accepts, and what it does when the setup leaves something out. Read from data, see
/// <see cref="LiveModelProfiles"/>. A new profile with only a name accepts everything.
/// </summary>
public sealed record LiveModelProfile
{
    /// <summary>Name of the profile, such as <c>gemini-3.8-live</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Ids of its models without a prefix; <c>*</c> stands for any characters.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Day on which the entry was checked against its source; null if the file does not say.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>Where the facts come from; null if the file does not say.</summary>
    public string? Source { get; init; }

    /// <summary>First day on which it describes its models; null = always.</summary>
    public DateOnly? From { get; init; }

    /// <summary>First day on which it no longer does, because the service changed; null = it still does.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>What is known of the models beyond the other members, such as how they behave.</summary>
    public IReadOnlyList<LiveModelFact> Facts { get; init; } = [];

    /// <summary>Modalities it answers in; the first is the default. Default: audio and text.</summary>
    public IReadOnlyList<Modality> Modalities { get; init; } = [Modality.Audio, Modality.Text];

    /// <summary>Which thinking settings it takes; default any.</summary>
    public ThinkingRule Thinking { get; init; }

    /// <summary>When it takes client content; default at any time.</summary>
    public ClientContentRule ClientContent { get; init; }

    /// <summary>Behavior of functions whose declaration has none; default BLOCKING.</summary>
    public Behavior DefaultBehavior { get; init; } = Behavior.Blocking;

    /// <summary>Whether a function may be BLOCKING; default true.</summary>
    public bool AllowsBlocking { get; init; } = true;

    /// <summary>Whether a function may be NON_BLOCKING; default true.</summary>
    public bool AllowsNonBlocking { get; init; } = true;

    /// <summary>Turn coverage of a setup that has none; default TURN_INCLUDES_ONLY_ACTIVITY.</summary>
    public TurnCoverage DefaultTurnCoverage { get; init; } = TurnCoverage.TurnIncludesOnlyActivity;

    /// <summary>Whether a blocking call ends the turn at once, as with 2.x models; others wait for the answer. Default false.</summary>
    public bool CompletesTurnAfterToolCall { get; init; }

    /// <summary>Whether <c>interactionStatus</c> comes with <c>turnComplete</c> (extended thinking). Default false.</summary>
    public bool ReportsInteractionStatus { get; init; }

    /// <summary>Whether affective dialog may be enabled; default true.</summary>
    public bool AllowsAffectiveDialog { get; init; } = true;

    /// <summary>Whether proactive audio is always on, so that <c>proactiveAudio: false</c> is an error. Default false.</summary>
    public bool ProactiveAudioAlwaysOn { get; init; }

    /// <summary>Whether new input cancels open blocking calls even with NO_INTERRUPTION, as on 3.8. Default false: only an interruption does.</summary>
    public bool InputCancelsCalls { get; init; }

    /// <summary>
    /// Whether a result with <c>scheduling: INTERRUPT</c> is spoken even while the user speaks, as on 2.5. Default false: it waits for the user.
    /// </summary>
    public bool InterruptTalksOverUser { get; init; }

    /// <summary>Whether <c>contextUpdate</c> is documented for it. Default true, because nothing is known of an unknown model.</summary>
    public bool AcceptsContextUpdate { get; init; } = true;

    /// <summary>Size of the context window in tokens; a full one without compression ends the session with 1007. Default 131,072.</summary>
    public int ContextWindowTokens { get; init; } = 131_072;

    /// <summary>Most tokens of one answer. Default 65,536.</summary>
    public int OutputTokenLimit { get; init; } = 65_536;

    /// <summary>Names of its prebuilt voices, matched in any case (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#132-voices-30">protocol 13.2</see>); empty = not known.</summary>
    public IReadOnlyList<string> Voices { get; init; } = [];

    /// <summary>
    /// Whether it reads <c>parametersJsonSchema</c> of functions; default true. The client declares functions of the others with
    /// <c>parameters</c>, if their schema allows it.
    /// </summary>
    public bool ReadsParametersJsonSchema { get; init; } = true;

    // Rules that have no typed member; the file describes their form.
    internal IReadOnlyList<Models.SetupRule> Rules { get; init; } = [];

    // What differs on Vertex.
    internal Models.ServiceEntry? Vertex { get; init; }

    internal bool IsInForce(DateOnly? day) => day is { } on ? (From is null || From <= on) && (Until is null || on < Until) : Until is null;
}

/// <summary>Something known of a model, with its date and source.</summary>
/// <param name="What">The fact, in a sentence.</param>
/// <param name="Since">Day of its source; null if unknown.</param>
/// <param name="Source">Where it is written.</param>
public sealed record LiveModelFact(string What, DateOnly? Since, string Source);

/// <summary>A model of the public service.</summary>
/// <param name="Id">Its id without a prefix.</param>
/// <param name="DisplayName">Its name for display.</param>
/// <param name="From">First day on which it existed; null if unknown.</param>
/// <param name="Until">First day on which it no longer exists; null if no end is known.</param>
/// <param name="Service"><c>vertex</c> if only Vertex has it; null = the Developer API has it.</param>
public sealed record PublicModel(string Id, string DisplayName, DateOnly? From = null, DateOnly? Until = null, string? Service = null)
{
    /// <summary>Whether a service has the model on a day.</summary>
    /// <param name="day">The day.</param>
    /// <param name="service"><c>developer</c> (the default) or <c>vertex</c>.</param>
    public bool Exists(DateOnly day, string service = "developer") =>
        (From is null || From <= day) && (Until is null || day < Until) && (Service is null || Service == service);
}
