using Parley.Protocol;

namespace Parley.Cascade;

/// <summary>
/// Predicts the sentences that the user of a session is likely to say, so that a recognizer can prefer them. Must be thread-safe; called
/// again whenever the functions of the session change.
/// </summary>
public interface ISpokenPhrases
{
    /// <summary>Returns the likely sentences of a session.</summary>
    /// <param name="functions">The functions the client declared.</param>
    /// <param name="language">BCP-47 code of the spoken language; null if unknown.</param>
    /// <returns>
    /// One right-hand side of a JSGF rule each, such as <c>(turn | switch) [the] lights (on | off)</c>; empty if there are no predictions.
    /// See <see cref="Parley.Speech.RecognitionRequest.Phrases"/>.
    /// </returns>
    IReadOnlyList<string> PhrasesFor(IReadOnlyList<FunctionDeclaration> functions, string? language);
}
