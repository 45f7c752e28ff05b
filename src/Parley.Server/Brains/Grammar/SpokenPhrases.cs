using Parley.Protocol;
using Parley.Server.Brains.Functions;
using Parley.Server.Brains.Languages;

namespace Parley.Server.Brains;

/// <summary>
/// What a user of a session is likely to say, as right-hand sides of JSGF rules: questions the scripted brain knows, requests for the declared
/// functions, and bare values that answer a question for an argument. A recognizer with a grammar understands these far better than
/// anything else.
/// </summary>
/// <remarks>Only plain lower-case letters and spaces between the signs of JSGF; numbers as words. English alone: no other recognizer takes a grammar.</remarks>
internal static class SpokenPhrases
{
    /// <summary>Beyond this many functions a grammar costs more than it helps; the later ones are left to the language model.</summary>
    private const int MaxFunctions = 24;

    private static readonly string[] Own = [.. OwnPhrases()];

    /// <summary>The phrases of a session.</summary>
    /// <param name="functions">Declared by the client.</param>
    /// <param name="language">BCP-47 code of what is spoken; null = English.</param>
    /// <returns>One right-hand side for each kind of sentence; empty for other languages than English.</returns>
    public static IReadOnlyList<string> For(IReadOnlyList<FunctionDeclaration> functions, string? language = null)
    {
        ArgumentNullException.ThrowIfNull(functions);
        return language is null || language.StartsWith("en", StringComparison.OrdinalIgnoreCase)
            ? [.. Own.Concat(functions.Take(MaxFunctions).Select(FunctionShape.From).SelectMany(FunctionPhrases.Of)).Distinct()]
            : [];
    }

    private static IEnumerable<string> OwnPhrases()
    {
        var triggers = English.Language.Triggers;
        const string Polite = "[please | could you | can you]";
        const string Number = SpokenValues.Number;
        string[] whole =
        [
            .. triggers.Greeting, .. triggers.HowAreYou, .. triggers.Identity, .. triggers.Abilities, .. triggers.Thanks, .. triggers.Goodbye, .. triggers.Stop,
            .. triggers.Pardon, .. triggers.HearMe, .. triggers.Feedback, .. triggers.SaidFirst, .. triggers.SaidLast, .. triggers.Read,
            "what time is it", "what is the time", "what day is it", "what day is it today", "what is the date", "what is the date today",
            "what do you see", "what can you see", "what colour is it", "what color is it", "slower", "more slowly", "say that again", "repeat that",
        ];
        yield return $"{SpokenValues.OneOf(whole)} [please | parley]";
        yield return $"{Polite} tell me (the time | the date | a joke | another joke | a story | a long story | another story)";
        yield return $"{Polite} (repeat | say) (that | that again | it again | the last sentence) [slower]";
        yield return $"{Polite} count (to | from {Number} to | down from) {Number}";
        yield return $"[and] (what is | how much is | calculate) {Number} (plus | minus | times | divided by | multiplied by) {Number} [(plus | minus | times | divided by) {Number}]";
        yield return $"{Polite} talk for a while";
    }
}
