namespace Parley.Testing.Files;

/// <summary>The names of the format, object by object: what the reader accepts. A test compares them with the schema.</summary>
internal static class FileFields
{
    internal static readonly string[] Document =
    [
        "$schema", "name", "strict", "server", "speech", "recordings", "conversation", "rules", "faults", "seed", "quirks",
    ];

    internal static readonly string[] Server =
    [
        "connectionLifetime", "goAwayLead", "closeNormallyAfterGoAway", "sessionLifetime", "handleLifetime", "maxSessionsPerKey", "setupTimeout",
        "keepAliveInterval", "keepAliveTimeout", "frames", "indentedJson", "rejectAtHttp", "modelsAsOf", "speechThreshold",
    ];

    internal static readonly string[] Speech = ["chunk", "pace"];

    /// <summary>What begins a reply, and the reply itself: one entry of <c>conversation</c>.</summary>
    internal static readonly string[] Turn = ["user", "opened", "speechStarts", "model"];

    internal static readonly string[] Rule = [.. Turn, "once", "times", "optional"];

    internal static readonly string[] Condition =
    [
        "anything", "text", "exact", "pattern", "speech", "louder", "recording", "picture", "toolResponse", "setup", "turn", "all", "any", "not",
    ];

    internal static readonly string[] SpeechCondition = ["min", "max"];

    internal static readonly string[] ToolResponseCondition = ["name", "response"];

    internal static readonly string[] Call = ["call", "args", "expect"];

    internal static readonly string[] Resumption = ["newHandle", "resumable"];

    /// <summary>The members of <see cref="FaultDescription"/>.</summary>
    internal static readonly string[] Fault =
    [
        "point", "action", "number", "chunks", "share", "at", "connection", "occurrence", "times", "everyTime", "probability", "optional", "delivered", "after",
        "status", "body", "retryAfter", "code", "reason", "message", "duration", "bytes",
    ];

    /// <summary>The steps of a reply: the name of each, and what else may be beside it.</summary>
    internal static readonly Dictionary<string, string[]> Steps = new()
    {
        ["say"] = ["duration", "chunk", "pace"],
        ["play"] = ["transcript", "chunk", "pace"],
        ["transcribe"] = [],
        ["think"] = [],
        ["call"] = ["args", "expect"],
        ["calls"] = [],
        ["wait"] = [],
        ["usage"] = [],
        ["goAway"] = [],
        ["resumption"] = [],
        ["interrupt"] = [],
        ["cancel"] = [],
        ["close"] = ["reason"],
        ["echo"] = [],
        ["leaveOpen"] = [],
        ["send"] = [],
        ["raw"] = ["frame"],
        ["rawBase64"] = ["frame"],
    };

    /// <summary>All objects by the names of their definitions in the schema.</summary>
    internal static IEnumerable<(string Definition, IReadOnlyList<string> Fields)> All =>
    [
        ("document", Document), ("server", Server), ("speech", Speech), ("turn", Turn), ("rule", Rule), ("condition", Condition),
        ("speechCondition", SpeechCondition), ("toolResponseCondition", ToolResponseCondition),
        ("functionCall", Call), ("resumptionUpdate", Resumption), ("fault", Fault),
        .. Steps.Select(static step => ($"{step.Key}Step", (IReadOnlyList<string>)[step.Key, .. step.Value])),
    ];
}
