using System.Text.RegularExpressions;

namespace Parley.Cascade.Input;

/// <summary>
/// Detects whether speech is addressed to the model, for sessions with <c>proactiveAudio</c>
/// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see>).
/// Addressed to the model is speech that names it, a question, a request ("please ...", "tell me ...", "turn on ..."), an answer to a
/// question it asked, and anything within a few seconds after its last answer. Most request words are English; a question mark, the name
/// and the follow-up time work in any language.
/// </summary>
internal sealed partial class AddresseeDetector(string? systemInstruction, TimeSpan followUp)
{
    // Users may think before they answer a question.
    private const int QuestionFactor = 2;

    private static readonly HashSet<string> Openers = new(StringComparer.OrdinalIgnoreCase)
    {
        "what", "what's", "who", "who's", "where", "where's", "when", "why", "how", "which", "whose", "can", "could", "would", "will", "do",
        "does", "did", "is", "are", "should", "may",
        "tell", "give", "show", "say", "play", "stop", "start", "turn", "switch", "set", "open", "close", "call", "find", "search", "read",
        "repeat", "count", "spell", "explain", "help",
        "remind", "add", "make", "send", "look", "describe", "translate", "calculate", "list", "cancel", "continue", "wait", "hello", "hi",
        "hey", "goodbye", "thanks", "thank", "please",
        "let's", "i'd", "bitte", "sag", "wie", "was", "wer", "wo", "wann", "warum", "quel", "quelle", "comment", "pourquoi", "où", "qué",
        "quién", "dónde", "cómo", "cuándo",
    };

    private readonly string? _name = NameIn(systemInstruction);

    /// <summary>Whether the speech is addressed to the model.</summary>
    /// <param name="text">Final transcript.</param>
    /// <param name="sinceAnswer">Time since the listener heard the end of the model's last answer; null if there was none.</param>
    /// <param name="asked">Whether that answer ended with a question.</param>
    internal bool IsAddressed(string text, TimeSpan? sinceAnswer, bool asked)
    {
        if (sinceAnswer is { } since && since <= (asked ? followUp * QuestionFactor : followUp))
            return true;
        if (text.AsSpan().TrimEnd().EndsWith('?') || text.Contains('？', StringComparison.Ordinal))
            return true;
        var words = text.Split([' ', ',', '.', '!', ':', ';'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return false;
        return Openers.Contains(words[0])
            || words.Contains("please", StringComparer.OrdinalIgnoreCase)
            || words.Contains("assistant", StringComparer.OrdinalIgnoreCase)
            || (_name is not null && words.Contains(_name, StringComparer.OrdinalIgnoreCase));
    }

    private static string? NameIn(string? instruction) =>
        instruction is not null && NamePattern().Match(instruction) is { Success: true } match ? match.Groups["name"].Value : null;

    [GeneratedRegex(
        @"(?:\b[Yy]our name is|\b[Yy]ou are(?: called| named)?|\b[Dd]ein Name ist|\b[Dd]u heißt|\b[Tt]u t['’]appelles|\b[Tt]e llamas)\s+(?<name>\p{Lu}\p{L}{1,40})",
        RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
