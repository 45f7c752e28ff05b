namespace Parley.Speech;

/// <summary>An engine for speech failed, died or answered too late. The input was good: trying again, or another engine, may help.</summary>
public sealed class SpeechEngineException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="message">What failed and what would help.</param>
    /// <param name="innerException">What it came from, if anything.</param>
    public SpeechEngineException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
