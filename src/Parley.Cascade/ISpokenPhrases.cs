using Parley.Protocol;
using Parley.Speech;

namespace Parley.Cascade;

/// <summary>
/// Says which sentences the user of a session is likely to say, so that a recognizer can listen for them. Safe to share; asked again
/// whenever the functions of the session change.
/// </summary>
public interface ISpokenPhrases
{
    /// <summary>Likely sentences of a session.</summary>
    /// <param name="functions">The functions the client declared.</param>
    /// <param name="language">BCP-47 code of the language spoken; null = not known.</param>
    /// <returns>
    /// Each the right-hand side of a JSGF rule, such as <c>(turn | switch) [the] lights (on | off)</c>; empty where nothing is known. See
    /// <see cref="Parley.Speech.RecognitionRequest.Phrases"/>.
    /// </returns>
    IReadOnlyList<string> PhrasesFor(IReadOnlyList<FunctionDeclaration> functions, string? language);
}
