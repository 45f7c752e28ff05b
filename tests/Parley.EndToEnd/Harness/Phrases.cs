namespace Parley.EndToEnd.Harness;

/// <summary>Phrases and names that were replaced by plain English; they must not come back. CONTRIBUTING.md has the rules.</summary>
internal static class Phrases
{
    /// <summary>Found in any case.</summary>
    public static IReadOnlyList<string> Prose { get; } =
    [
        // Commits and changelog
        "from those who talk", "a client unheard", "comes behind what was held", "ping in pieces", "Another voice is judged",
        "product asks for no time", "leave the threads that poll", "is none that is known",

        // Headings and pages
        "What there is to protect", "Who attacks", "How it is held", "## What is left", "At home in .NET", "Who may come in", "latency ledger",
        "turn is told of", "of the 2010s", "ears, brain and voice", "Paces in front", "by its own measure", "an order, not a balance",
        "grammar is believed", "a call that survives", "calls that survive",

        // Doc comments and comments
        "So much a second", "limit and habit", "told off for", "pings of a minute are borne", "is sent, a sixteenth", "counts so many times",
        "takes its time with what", "ends nothing that has begun", "What may be too much", "do at the door", "For people: used",
        "or could do worse", "speech that insists", "said to somebody else", "that knows nothing yet", "nothing is learned", "Name for people",
        "lie about in the environment", "a wish and a good moment",

        // Logs and errors
        "picture that is none", "no whole JPEG", "it rests, the next", "did not speak, {", "did not understand, {", "cannot help the recognizer",
        "of sound will not reach", "is no setup", "is no address", "relayed session is not whole", "Timeout is above zero", "A frame of {",
        "no LiveSession below", "the brain is told", "scripted brain",
    ];

    /// <summary>Found as they are spelled.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "RotationWish", "MomentCame", "HoldsInterruption", "SpeechInsists", "SpeechAct.Aside", "AddressRule", "ITurnEndJudge", "out news",
        "ScriptedChatClient", "BrainTimeout", "BrainOptions", "BrainProviders", "JudgeTurnEnd", "ToolLedger", "CallLedger", "UsageLedger",
        "Where_it_is_late_too", "Other_models_do_not_say", "Ours_goes_on", "Nobody_there_understands_nothing",
        "Takes_the_development_key_from_pages_of_the_own_machine",
    ];
}
