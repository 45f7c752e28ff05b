using Parley.Conversation;
using Parley.Protocol;

namespace Parley.Cascade.Answering;

/// <summary>
/// Whether two requests to the chat model ask the same: the same history, instruction and functions, and a last turn of the same words,
/// whatever their case and punctuation.
/// </summary>
internal static class Equivalence
{
    private const string Punctuation = ".,!?;:…\"()¿¡。，！？";

    internal static bool Of(GenerationRequest foreseen, GenerationRequest request) =>
        foreseen.Generation == request.Generation
        && !request.SpeechWasLost
        && foreseen.SystemInstruction == request.SystemInstruction
        && ReferenceEquals(foreseen.Functions, request.Functions)
        && OfHistories(foreseen.History, request.History);

    private static bool OfHistories(IReadOnlyList<Content> foreseen, IReadOnlyList<Content> history)
    {
        if (foreseen.Count != history.Count)
            return false;
        // From the end: what changes, changes there.
        for (var i = history.Count - 2; i >= 0; i--)
        {
            if (!ReferenceEquals(foreseen[i], history[i]))
                return false;
        }
        return history.Count > 0 && OfTurns(foreseen[^1], history[^1]);
    }

    private static bool OfTurns(Content foreseen, Content turn)
    {
        var (one, other) = (foreseen.Parts ?? [], turn.Parts ?? []);
        if (one.Count != other.Count || foreseen.Role != turn.Role)
            return false;
        for (var i = 0; i < one.Count; i++)
        {
            if (!ReferenceEquals(one[i].InlineData, other[i].InlineData) || !OfWords(one[i].Text ?? "", other[i].Text ?? ""))
                return false;
        }
        return true;
    }

    /// <summary>Whether two texts have the same words. Punctuation counts only within a word, as in "3.5".</summary>
    internal static bool OfWords(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        while (true)
        {
            var first = NextWord(ref one);
            var second = NextWord(ref other);
            if (!first.Equals(second, StringComparison.OrdinalIgnoreCase))
                return false;
            if (first.IsEmpty)
                return true;
        }
    }

    private static ReadOnlySpan<char> NextWord(ref ReadOnlySpan<char> text)
    {
        while (true)
        {
            text = text.TrimStart();
            if (text.IsEmpty)
                return text;
            var end = 0;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            var word = text[..end].Trim(Punctuation);
            text = text[end..];
            if (!word.IsEmpty)
                return word;
        }
    }
}
