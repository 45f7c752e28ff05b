using Parley.Client.Session;
using Parley.Protocol;

namespace Parley.Client;

// Asking: a question and all of its answer. One exchange at a time, because it reads the session.
public partial class LiveSession
{
    /// <summary>
    /// Sends text of the user and returns the whole answer: all turns, with the functions that the model calls in between. Reads the
    /// session meanwhile; output of earlier turns that was not read is skipped.
    /// </summary>
    /// <param name="text">The text, sent as <see cref="SendTextAsync"/> does.</param>
    /// <param name="cancellationToken">Cancels the wait. The model goes on; call <see cref="InterruptAsync"/> to stop it.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="LiveSessionException">The session ended before the answer was complete.</exception>
    /// <exception cref="TimeoutException">The model was silent for <see cref="LiveClientOptions.AnswerTimeout"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another loop is reading this session, the answer is longer than <see cref="LiveClientOptions.MaxAnswerBytes"/>, or the model called a
    /// function that the session does not run: answer such calls while you read
    /// <see cref="AskStreamingAsync(string, CancellationToken)"/>.
    /// </exception>
    public virtual Task<LiveAnswer> AskAsync(string text, CancellationToken cancellationToken = default) =>
        CollectAsync(AskStreamingAsync(text, cancellationToken), cancellationToken);

    /// <summary>
    /// Sends one content of the user, such as a text with pictures, and returns the whole answer. Sent as client content, see
    /// <see cref="SendContentAsync(IReadOnlyList{Content}, bool, CancellationToken)"/> for the models that take it.
    /// </summary>
    /// <param name="parts">The parts of the content.</param>
    /// <param name="cancellationToken">Cancels the wait. The model goes on.</param>
    /// <returns>The answer; exceptions as for a text.</returns>
    public virtual Task<LiveAnswer> AskAsync(IReadOnlyList<Part> parts, CancellationToken cancellationToken = default) =>
        CollectAsync(AskStreamingAsync(parts, cancellationToken), cancellationToken);

    /// <summary>
    /// Sends a recording of the user and returns the whole answer. The end of the recording is the end of the speech: with manual activity
    /// detection it is sent as one activity, otherwise followed by <c>audioStreamEnd</c>. If an answer was complete before the recording
    /// ended, three seconds of silence after it end the exchange.
    /// </summary>
    /// <param name="audio">Raw PCM16 little-endian mono or a WAV file; not closed.</param>
    /// <param name="rateHz">Rate of raw PCM16 in Hz; of a WAV file, the rate in its header counts.</param>
    /// <param name="pacing">How fast it is sent; default real time.</param>
    /// <param name="cancellationToken">Stops sending and waiting. The model goes on.</param>
    /// <returns>The answer; exceptions as for a text.</returns>
    /// <exception cref="FormatException">The WAV file is broken, or of an encoding or rate that is not supported.</exception>
    public virtual Task<LiveAnswer> AskAsync(
        Stream audio, int rateHz = AudioFormat.InputRateHz, AudioPacing pacing = AudioPacing.RealTime, CancellationToken cancellationToken = default) =>
        CollectAsync(AskStreamingAsync(audio, rateHz, pacing, cancellationToken), cancellationToken);

    /// <summary>
    /// Sends text of the user and returns the updates of the whole answer as they come, up to the last <see cref="TurnCompleteUpdate"/>.
    /// Output of earlier turns that was not read is skipped. Leaving the loop early does not stop the model.
    /// </summary>
    /// <param name="text">The text, sent as <see cref="SendTextAsync"/> does.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="LiveSessionException">The session ended before the answer was complete.</exception>
    /// <exception cref="TimeoutException">The model was silent for <see cref="LiveClientOptions.AnswerTimeout"/>.</exception>
    /// <exception cref="InvalidOperationException">Another loop is reading this session.</exception>
    public virtual IAsyncEnumerable<LiveUpdate> AskStreamingAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Exchange(this, _parts).RunAsync(token => SendTextAsync(text, token).AsTask(), cancellationToken);
    }

    /// <summary>Sends one content of the user and returns the updates of the whole answer as they come; like a text.</summary>
    /// <param name="parts">The parts of the content.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    public virtual IAsyncEnumerable<LiveUpdate> AskStreamingAsync(IReadOnlyList<Part> parts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0)
            throw new ArgumentException("Give at least one part.", nameof(parts));
        IReadOnlyList<Content> content = [new Content { Role = "user", Parts = parts }];
        return new Exchange(this, _parts).RunAsync(token => SendContentAsync(content, cancellationToken: token).AsTask(), cancellationToken);
    }

    /// <summary>Sends a recording of the user and returns the updates of the whole answer as they come.</summary>
    /// <param name="audio">Raw PCM16 little-endian mono or a WAV file; not closed.</param>
    /// <param name="rateHz">Rate of raw PCM16 in Hz; of a WAV file, the rate in its header counts.</param>
    /// <param name="pacing">How fast it is sent; default real time.</param>
    /// <param name="cancellationToken">Stops sending, and cancels the enumeration.</param>
    public virtual IAsyncEnumerable<LiveUpdate> AskStreamingAsync(
        Stream audio, int rateHz = AudioFormat.InputRateHz, AudioPacing pacing = AudioPacing.RealTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audio);
        return new Exchange(this, _parts, isSpeech: true).RunAsync(token => SpeakAsync(audio, rateHz, pacing, token), cancellationToken);
    }

    private async Task SpeakAsync(Stream audio, int rateHz, AudioPacing pacing, CancellationToken cancellationToken)
    {
        var isManual = _parts?.Wire.IsManual is true;
        if (isManual)
            await SendActivityStartAsync(cancellationToken).ConfigureAwait(false);
        await SendAudioAsync(audio, rateHz, pacing, cancellationToken).ConfigureAwait(false);
        if (isManual)
            await SendActivityEndAsync(cancellationToken).ConfigureAwait(false);
        else
            await SendAudioStreamEndAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<LiveAnswer> CollectAsync(IAsyncEnumerable<LiveUpdate> updates, CancellationToken cancellationToken)
    {
        var answer = new AnswerBuilder(_parts?.Options.MaxAnswerBytes ?? int.MaxValue);
        await foreach (var update in updates.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            answer.Add(update);
            if (update is ToolCallUpdate { Calls: var calls } && calls.FirstOrDefault(call => _parts?.Tools.IsAutomatic(call) is false) is { } open)
            {
                throw new InvalidOperationException(
                    $"The model calls the function {open.Name}, which the session does not run. Give LiveSetup.Tools an AIFunction, or read "
                    + "AskStreamingAsync and answer the call with SendToolResponsesAsync.");
            }
        }
        return answer.Build();
    }
}
