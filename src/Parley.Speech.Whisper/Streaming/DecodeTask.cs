using Parley.Speech.Whisper.Decoding;

namespace Parley.Speech.Whisper.Streaming;

/// <summary>A pass over a part of an utterance, in the queue of the decoder.</summary>
/// <param name="owner">Whose utterance it is.</param>
/// <param name="from">First sample.</param>
/// <param name="to">Position after the last sample.</param>
/// <param name="isCommit">Whether what was said before <paramref name="to"/> is settled by this pass.</param>
/// <param name="isFinal">Whether somebody waits for it.</param>
internal sealed class DecodeTask(IDecodeOwner owner, int from, int to, bool isCommit, bool isFinal)
{
    public IDecodeOwner Owner => owner;

    public int From => from;

    public int To => to;

    public bool IsCommit => isCommit;

    /// <summary>Passes that somebody waits for come first and are never dropped. Set by the queue when a partial pass is promoted.</summary>
    public bool IsFinal { get; set; } = isFinal;

    /// <summary>Whether an implausible text was decoded again; set by the owner.</summary>
    public bool MayRetry { get; set; }

    /// <summary>How often a decoder has begun it.</summary>
    public int Attempts { get; set; }

    /// <summary>When it was queued.</summary>
    public long Queued { get; init; }
}

/// <summary>Who asked for a pass. Called on the thread of the queue.</summary>
internal interface IDecodeOwner
{
    /// <summary>Gives the audio of a pass that now begins.</summary>
    /// <param name="task">The pass.</param>
    /// <param name="audio">Takes its audio.</param>
    /// <param name="request">How to decode it; the queue sets number and threads.</param>
    /// <returns>False if nobody needs the pass any more.</returns>
    bool TryBegin(DecodeTask task, Span<short> audio, out DecodeRequest request);

    /// <summary>The pass is over.</summary>
    /// <param name="task">The pass.</param>
    /// <param name="result">Its result; cancelled if a more urgent pass took its place. Null if it failed.</param>
    /// <param name="failure">Why it failed.</param>
    void Completed(DecodeTask task, DecodeResult? result, Exception? failure);
}
