namespace Parley.Speech;

/// <summary>A speech engine failed, crashed or timed out. The input was valid: a retry or another engine may succeed.</summary>
public sealed class SpeechEngineException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="message">What failed and what to do.</param>
    /// <param name="innerException">The cause, if any.</param>
    public SpeechEngineException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
