using Parley.Server.Storage;
using Parley.Speech;

namespace Parley.Cascade.Hearing;

/// <summary>One utterance on its way to text. Everything but <see cref="OnPartial"/> happens under the session's lock.</summary>
internal sealed class HeardUtterance(CascadeSession session, int number, long from) : IThreadPoolWorkItem
{
    private string _partial = "";
    private int _queued;

    internal int Number => number;

    /// <summary>The first sample of it, pre-roll included.</summary>
    internal long From { get; } = from;

    /// <summary>The first sample of it, as the conversation counts.</summary>
    internal long SpokenFrom { get; init; }

    /// <summary>The sample behind its last; known once it is over.</summary>
    internal long To { get; set; }

    /// <summary>It began while our own voice was to be heard, and cuts it only once it is known to mean it.</summary>
    internal bool IsBargeInPending { get; set; }

    /// <summary>How long there was speech in it.</summary>
    internal TimeSpan Speech { get; set; }

    /// <summary>Its engine; null where it could not be started, or failed while it was fed.</summary>
    internal IRecognition? Recognition { get; set; }

    /// <summary>Samples given to the engine, as a position.</summary>
    internal long FedUpTo { get; set; } = from;

    /// <summary>What it says so far.</summary>
    internal string Partial => Volatile.Read(ref _partial);

    // From a thread of the recognizer. However fast partials come, at most one waits, and it is the newest.
    internal void OnPartial(string text)
    {
        if (text == Partial)
            return;
        Volatile.Write(ref _partial, text);
        if (Interlocked.Exchange(ref _queued, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _queued, 0);
        session.PartlyUnderstood(this);
    }
}
