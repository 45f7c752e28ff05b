using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// A whole exchange: what the model answered to one question, over all its turns, results of functions included. Returned by
/// <see cref="LiveSession.AskAsync(string, CancellationToken)"/>.
/// </summary>
public sealed record LiveAnswer
{
    /// <summary>
    /// The answer in words: the written text, or the transcript of the speech. Empty if the model spoke and
    /// <see cref="LiveSetup.OutputTranscription"/> is off.
    /// </summary>
    public string Text { get; init; } = "";

    /// <summary>Transcript of the user, as far as it came before the end; empty if <see cref="LiveSetup.InputTranscription"/> is off.</summary>
    public string InputTranscript { get; init; } = "";

    /// <summary>Summaries of the model's thoughts, if it was asked for them.</summary>
    public string Thoughts { get; init; } = "";

    /// <summary>The spoken answer, without what an interruption cut: PCM16 little-endian mono; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Audio { get; init; }

    /// <summary>Rate of <see cref="Audio"/> in Hz; 24,000 on every known model.</summary>
    public int AudioRateHz { get; init; } = AudioFormat.OutputRateHz;

    /// <summary>Function calls, in order; they have been answered, unless the user interrupted.</summary>
    public IReadOnlyList<FunctionCall> ToolCalls { get; init; } = [];

    /// <summary>Functions that failed or do not exist; the model was told.</summary>
    public IReadOnlyList<ToolFailedUpdate> ToolFailures { get; init; } = [];

    /// <summary>Media other than PCM audio.</summary>
    public IReadOnlyList<MediaUpdate> Media { get; init; } = [];

    /// <summary>Tokens of the exchange.</summary>
    public SessionUsage Usage { get; init; } = new();

    /// <summary>Why the last turn ended, if it was not the normal end, for example a blocked answer.</summary>
    public TurnCompleteReason? Reason { get; init; }

    /// <summary>Whether a turn was interrupted, by the user or by <see cref="LiveSession.InterruptAsync"/>.</summary>
    public bool WasInterrupted { get; init; }

    /// <summary>Number of turns; more than one if the model called functions on most models.</summary>
    public int Turns { get; init; }

    /// <summary>The words.</summary>
    public override string ToString() => Text;
}
