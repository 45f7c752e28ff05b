namespace Parley.Speech.Whisper.Measuring;

/// <summary>Counts what a recognizer did, for its status. Thread-safe.</summary>
internal sealed class RecognizerCounters
{
    private int _finals;
    private int _ready;

    /// <summary>Utterances with a transcript, and those among them that was ready before it was asked for.</summary>
    public (int Finals, int Ready) Counts => (Volatile.Read(ref _finals), Volatile.Read(ref _ready));

    public void Finished(bool wasReady)
    {
        Interlocked.Increment(ref _finals);
        if (wasReady)
            Interlocked.Increment(ref _ready);
    }
}
