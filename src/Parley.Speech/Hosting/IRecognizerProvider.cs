using Microsoft.Extensions.Logging;

namespace Parley.Speech.Hosting;

/// <summary>
/// A kind of recognizer that another package brings, registered in the services of the application. "auto" prefers the first one that has
/// what it needs over pocketsphinx.
/// </summary>
internal interface IRecognizerProvider
{
    /// <summary>Its name in configuration, such as "whisper".</summary>
    string Name { get; }

    /// <summary>Creates the recognizer.</summary>
    /// <param name="options">The section "Speech:Recognizer".</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Creates its loggers.</param>
    /// <param name="problem">If it returns null: what is missing and what to do, in one sentence.</param>
    /// <returns>The recognizer, or null if something is missing.</returns>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message says what to do.</exception>
    SpeechStage<ISpeechRecognizer>? TryCreate(RecognizerOptions options, TimeProvider time, ILoggerFactory loggers, out string problem);
}
