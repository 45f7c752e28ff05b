namespace Parley.Assistant.Functions;

/// <summary>Words with which people ask for a function: other verbs for the one in its name, and other nouns for its object.</summary>
internal static class RequestWords
{
    // Verbs of one line stand for each other; a verb may be in several lines.
    private static readonly string[][] Verbs =
    [
        ["set", "change", "make", "turn", "switch", "put", "adjust", "paint", "color", "update", "modify", "raise", "lower", "increase", "decrease", "dim", "control", "colour"],
        ["create", "add", "set", "make", "start", "begin", "schedule", "put", "write", "save", "note", "take", "new"],
        ["stop", "end", "cancel", "pause", "halt", "silence"],
        ["delete", "remove", "cancel", "clear", "drop", "erase"],
        ["play", "put", "listen", "hear", "start"],
        ["send", "text", "write", "message"],
        ["book", "reserve", "make", "schedule", "arrange"],
        ["order", "buy", "purchase"],
        ["search", "find", "look", "google", "lookup"],
        ["call", "phone", "ring", "dial"],
        ["turn", "switch"],
        ["open", "unlock"],
        ["close", "shut", "lock"],
        ["roll", "throw", "toss"],
        ["flip", "toss", "throw"],
        ["draw", "plot", "show", "make", "create"],
        ["get", "fetch", "find", "lookup", "query", "check", "show", "tell", "read", "retrieve", "give", "list", "track", "display"],
        ["convert", "change", "exchange"],
        ["translate", "say"],
        ["start", "begin", "launch", "run", "resume", "open"],
        ["skip", "play"],
    ];

    // What is said in place of a noun in a function's name.
    private static readonly Dictionary<string, string[]> Nouns = new(StringComparer.Ordinal)
    {
        ["reservation"] = ["book", "reserve", "table", "booking"], ["booking"] = ["book", "reserve", "table"], ["restaurant"] = ["table"],
        ["table"] = ["restaurant", "reservation"], ["reminder"] = ["remind"], ["alarm"] = ["wake"], ["light"] = ["lamp", "brightness"],
        ["thermostat"] = ["temperature", "heating", "heat", "degree"], ["temperature"] = ["thermostat", "heating", "heat", "warm", "cold", "hot"],
        ["heating"] = ["temperature", "thermostat", "heat"], ["music"] = ["song", "track", "album", "playlist", "radio"],
        ["track"] = ["song", "music"], ["song"] = ["track", "music"], ["timer"] = ["countdown"], ["message"] = ["text", "sms"],
        ["sms"] = ["text", "message"], ["appointment"] = ["meeting"], ["event"] = ["meeting", "appointment"], ["meeting"] = ["appointment", "event"],
        ["web"] = ["internet", "online", "google"], ["internet"] = ["web", "online"], ["dice"] = ["die"], ["die"] = ["dice"],
        ["weather"] = ["forecast", "rain", "sunny", "snow", "umbrella"], ["forecast"] = ["weather"], ["volume"] = ["loud", "louder", "quieter"],
        ["todo"] = ["task", "list"], ["task"] = ["todo"], ["note"] = ["memo"], ["shopping"] = ["grocery", "groceries"], ["item"] = ["list"],
        ["tv"] = ["television"], ["television"] = ["tv"], ["blind"] = ["shade", "curtain"], ["color"] = ["colour"],
        ["taxi"] = ["cab", "ride"], ["ride"] = ["taxi", "cab"], ["room"] = ["hotel"], ["hotel"] = ["room"], ["status"] = ["where"],
        ["package"] = ["parcel"], ["price"] = ["cost", "much"], ["balance"] = ["money", "much"], ["coin"] = ["heads"],
    };

    /// <summary>Words that name what is wanted without another verb or noun: "remind me to …".</summary>
    private static readonly Dictionary<string, string[]> Whole = new(StringComparer.Ordinal)
    {
        ["remind"] = ["reminder"], ["wake"] = ["alarm"], ["book"] = ["reservation", "booking"], ["reserve"] = ["reservation", "booking"],
        ["dim"] = ["light", "brightness"], ["text"] = ["message", "sms"], ["louder"] = ["volume"], ["quieter"] = ["volume"],
    };

    /// <summary>Verbs that say little: with one of them, the object must be named too.</summary>
    private static readonly HashSet<string> Weak =
    [
        "set", "change", "make", "turn", "switch", "put", "adjust", "update", "create", "add", "start", "begin", "get", "fetch", "find", "show",
        "tell", "give", "list", "read", "check", "open", "close", "stop", "cancel", "delete", "remove", "look", "do", "run", "write", "take",
        "call", "say", "new", "control", "lookup", "query", "retrieve", "display", "hear", "listen", "skip", "save", "end", "send",
    ];

    private static readonly HashSet<string> Known = [.. Verbs.SelectMany(line => line)];

    public static bool IsVerb(string word) => Known.Contains(word);

    public static bool IsWeak(string verb) => Weak.Contains(verb);

    public static bool SameVerb(string said, string declared) =>
        said == declared || Verbs.Any(line => line.Contains(said, StringComparer.Ordinal) && line.Contains(declared, StringComparer.Ordinal));

    /// <summary>Whether one word asks for the noun of a function alone, as "remind" does for a reminder.</summary>
    public static bool IsWhole(string said, string noun) =>
        Whole.TryGetValue(said, out var nouns) && nouns.Any(one => SpokenNames.Same(noun, one));

    public static bool SameNoun(string said, string declared) =>
        SpokenNames.Same(said, declared)
        || (Nouns.TryGetValue(SpokenNames.Stem(declared), out var others) && others.Any(other => SpokenNames.Same(said, other)));
}
