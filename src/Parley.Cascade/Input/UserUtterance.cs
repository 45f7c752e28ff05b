using Parley.Protocol.Internal;
using Parley.Speech;

namespace Parley.Cascade.Input;

/// <summary>
/// One utterance of the user while it is recognized. Everything but <see cref="OnPartial"/> runs under the session's lock.
/// </summary>
internal sealed class UserUtterance(CascadeSession session, int number, long from) : IThreadPoolWorkItem
{
    private string _partial = "";
    private int _queued;

    internal int Number => number;

    /// <summary>Position of its first sample, pre-roll included.</summary>
    internal long From { get; } = from;

    /// <summary>Position of its first sample without pre-roll, as the conversation machine counts.</summary>
    internal long SpokenFrom { get; init; }

    /// <summary>Position after its last sample; known once it has ended.</summary>
    internal long To { get; set; }

    /// <summary>It began while an answer was playing, and interrupts it only once the barge-in is confirmed.</summary>
    internal bool IsBargeInPending { get; set; }

    /// <summary>Duration of the speech in it.</summary>
    internal TimeSpan Speech { get; set; }

    /// <summary>Some of it is louder than silence; known only without a recognizer.</summary>
    internal bool IsAudible { get; set; }

    /// <summary>Its running recognition; null if it could not be started or failed while audio was passed to it.</summary>
    internal IRecognition? Recognition { get; set; }

    /// <summary>Position up to which audio was passed to the recognition.</summary>
    internal long FedUpTo { get; set; } = from;

    /// <summary>What is shown of its partial transcripts.</summary>
    internal StableText Interim { get; } = new();

    /// <summary>Newest partial transcript.</summary>
    internal string Partial => Volatile.Read(ref _partial);

    // Called from a thread of the recognizer. At most one partial is queued at a time, and it is the newest.
    internal void OnPartial(string text)
    {
        if (text == Partial)
            return;
        Volatile.Write(ref _partial, text);
        if (Interlocked.Exchange(ref _queued, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Recognized() => session.PartialRecognized(this);

    private void Failed(Exception exception) => session.CallbackFailed(exception);

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _queued, 0);
        GuardedTimers.Guard(this, static utterance => utterance.Recognized(), static (utterance, e) => utterance.Failed(e));
    }
}
