using Parley.Conversation;

namespace Parley.Cascade.Input;

/// <summary>
/// Decides whether user speech that begins while an answer is playing interrupts it. By default it does so at once, as in the public
/// service. With <see cref="CascadeOptions.MinInterruptionSpeech"/> there must be that much speech; with
/// <see cref="CascadeOptions.IgnoreBackChannels"/>, backchannels such as "mhm" and "right" do not, unless they last longer than a second.
/// </summary>
internal sealed class BargeInPolicy(CascadeOptions options)
{
    // A backchannel is shorter than this.
    private static readonly TimeSpan LongestBackChannel = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _backChannels = new(options.BackChannels, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a barge-in stays pending until it is confirmed.</summary>
    internal bool NeedsConfirmation => options.MinInterruptionSpeech > TimeSpan.Zero || options.IgnoreBackChannels;

    /// <summary>Whether a pending barge-in is confirmed.</summary>
    /// <param name="speech">Duration of the speech so far.</param>
    /// <param name="partial">Partial transcript.</param>
    internal bool ConfirmsBargeIn(TimeSpan speech, string partial) =>
        speech >= options.MinInterruptionSpeech
        && (!options.IgnoreBackChannels || speech >= LongestBackChannel || (partial.Length > 0 && !IsBackChannel(partial)));

    /// <summary>Classifies an utterance whose barge-in was still pending at its end.</summary>
    internal SpeechAct Classify(TimeSpan speech, string text) =>
        speech < options.MinInterruptionSpeech || (options.IgnoreBackChannels && IsBackChannel(text))
            ? SpeechAct.BackChannel
            : SpeechAct.Turn;

    private bool IsBackChannel(string text)
    {
        var words = text.Split([' ', ',', '.', '!', '?', '…'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && (_backChannels.Contains(string.Join(' ', words)) || Array.TrueForAll(words, _backChannels.Contains));
    }
}
