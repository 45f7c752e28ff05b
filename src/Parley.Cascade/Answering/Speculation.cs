using Parley.Cascade.Input;
using Parley.Cascade.Metrics;
using Parley.Conversation;

namespace Parley.Cascade.Answering;

/// <summary>
/// Prepares the answer in a pause of the user, before it is certain that the turn is over. The recognizer tells what it would return if the
/// utterance ended now; the chat model and the synthesizer start with it, and the answer is held. If the turn ends with the same words, it
/// is released; in all other cases it is discarded, and nothing of it was sent, kept or counted as a turn. At most one per pause. Used
/// under the session's lock.
/// <code>
/// speaking -> paused (asks the recognizer) -> held -> released
///                    any -> discarded: the user went on, other words, no answer wanted, a failure
/// </code>
/// </summary>
internal sealed class Speculation(CascadeSession session)
{
    // Pauses between words are shorter than this, and a recognizer needs about as much to settle on the last word.
    private static readonly TimeSpan Earliest = TimeSpan.FromMilliseconds(200);

    // A local chat model and synthesizer need about as long. If the turn is likely to go on, not earlier than this before its end.
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(300);

    private const double EarliestOfWindow = 0.4;

    private Answer? _held;
    private int _attempt;
    private bool _isTried;

    /// <summary>The user pauses.</summary>
    /// <param name="utterance">The open utterance.</param>
    /// <param name="pause">Silence so far.</param>
    /// <param name="window">Silence that ends the turn.</param>
    /// <param name="isLikelyOver">Whether the turn is more likely over than not.</param>
    internal void Paused(UserUtterance utterance, TimeSpan pause, TimeSpan window, bool isLikelyOver)
    {
        if (_isTried)
            return;
        var early = window * EarliestOfWindow < Earliest ? window * EarliestOfWindow : Earliest;
        if (pause < (isLikelyOver || window - Lead < early ? early : window - Lead))
            return;
        _isTried = true;
        _ = PeekAsync(utterance, utterance.Recognition, ++_attempt);
    }

    /// <summary>The user speaks, or goes on.</summary>
    internal void Resumed()
    {
        if (!_isTried)
            return;
        _isTried = false;
        Discard(Speculations.Resumed);
    }

    /// <summary>Takes the answer that was prepared for a request, with the marks that it has passed; null if there is none.</summary>
    internal Answer? TryTake(GenerationRequest request, out IReadOnlyList<(TurnMark Mark, TimeSpan At)> marks)
    {
        marks = [];
        _isTried = false;
        if (_held is { } held && Equivalence.Of(held.Request, request))
        {
            _held = null;
            var isReleased = held.TryRelease(out marks);
            session.Model.Turns.Speculated(isReleased ? Speculations.Used : Speculations.Failed);
            if (isReleased)
                return held;
        }
        Discard(Speculations.Changed);
        return null;
    }

    /// <summary>No answer will start: stops the one that was prepared.</summary>
    internal Answer? Discard(string outcome = Speculations.Unwanted)
    {
        _attempt++;
        if (_held is not { } held)
            return null;
        _held = null;
        held.Discard();
        session.Model.Turns.Speculated(outcome);
        return held;
    }

    /// <summary>The recognizer's words in the pause.</summary>
    internal void Heard(UserUtterance utterance, string text, int attempt)
    {
        if (attempt != _attempt || session.Foresee(utterance, text) is not { } request)
            return;
        _held = new Answer(session, request, isSpeculative: true);
        _held.Start();
    }

    private async Task PeekAsync(UserUtterance utterance, Speech.IRecognition? recognition, int attempt)
    {
        try
        {
            if (recognition is null)
                return;
            var transcript = await recognition.PeekAsync().ConfigureAwait(false);
            session.Speculate(utterance, transcript?.Text ?? utterance.Partial, attempt);
        }
#pragma warning disable CA1031 // The final transcript will fail too, and that is reported and repeated.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
