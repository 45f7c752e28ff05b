namespace Parley.Speech.Worker;

/// <summary>What a worker does with the frames it gets.</summary>
internal interface IFrameServer
{
    /// <summary>Answers a frame, on the thread of the engine. What it throws is answered with <see cref="FrameKind.Failed"/>.</summary>
    void Handle(FrameKind kind, ReadOnlySpan<byte> content);

    /// <summary>Stops the text with this number where it is being spoken; called while <see cref="Handle"/> runs.</summary>
    void Cancel(int number);
}
