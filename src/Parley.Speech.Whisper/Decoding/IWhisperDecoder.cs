namespace Parley.Speech.Whisper.Decoding;

/// <summary>Answers one request at a time with a loaded model. One thread decodes; any thread may cancel or dispose.</summary>
internal interface IWhisperDecoder : IDisposable
{
    /// <summary>The process of the model; 0 if it is in this process.</summary>
    int ProcessId { get; }

    /// <summary>Decodes audio; blocks meanwhile.</summary>
    /// <param name="request">How to decode it.</param>
    /// <param name="audio">16 kHz mono, at most <see cref="DecodeRequest.MaxSamples"/>.</param>
    /// <exception cref="SpeechEngineException">The engine failed.</exception>
    DecodeResult Decode(in DecodeRequest request, ReadOnlySpan<short> audio);

    /// <summary>Ends the request with this number early: its result is <see cref="DecodeResult.Cancelled"/>.</summary>
    void Cancel(int number);
}
