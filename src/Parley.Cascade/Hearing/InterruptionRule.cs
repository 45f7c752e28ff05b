using Parley.Conversation;

namespace Parley.Cascade.Hearing;

/// <summary>
/// Decides whether sound of the user that begins while our own voice is to be heard cuts it. Without a wish for more it does so at once, as
/// with the public service. With <see cref="CascadeOptions.MinInterruptionSpeech"/> there must be that much speech; with
/// <see cref="CascadeOptions.IgnoreBackChannels"/> words such as "mhm" and "right" do not, unless they go on for more than a second.
/// </summary>
internal sealed class InterruptionRule(CascadeOptions options)
{
    // Nobody says "mhm" for as long as this.
    private static readonly TimeSpan LongestBackChannel = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _backChannels = new(options.BackChannels, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether sound is to prove itself before it interrupts.</summary>
    internal bool Holds => options.MinInterruptionSpeech > TimeSpan.Zero || options.IgnoreBackChannels;

    /// <summary>Whether speech that was held back is an interruption now.</summary>
    /// <param name="speech">How long it has lasted.</param>
    /// <param name="partial">What is understood of it.</param>
    internal bool ConfirmsBargeIn(TimeSpan speech, string partial) =>
        speech >= options.MinInterruptionSpeech
        && (!options.IgnoreBackChannels || speech >= LongestBackChannel || (partial.Length > 0 && !IsBackChannel(partial)));

    /// <summary>What an utterance is that was held back to its end.</summary>
    internal SpeechAct Judge(TimeSpan speech, string text) =>
        speech < options.MinInterruptionSpeech || (options.IgnoreBackChannels && IsBackChannel(text)) ? SpeechAct.BackChannel : SpeechAct.Turn;

    private bool IsBackChannel(string text)
    {
        var words = text.Split([' ', ',', '.', '!', '?', '…'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && (_backChannels.Contains(string.Join(' ', words)) || Array.TrueForAll(words, _backChannels.Contains));
    }
}
