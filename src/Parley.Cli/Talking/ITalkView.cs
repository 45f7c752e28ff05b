using Parley.Client;

namespace Parley.Cli.Talking;

/// <summary>Shows a call: on a screen that is redrawn, or line by line.</summary>
internal interface ITalkView : IAsyncDisposable
{
    /// <summary>Transcript of the user; the next one replaces an interim transcript.</summary>
    void Heard(string text, bool isInterim);

    /// <summary>A text the user sent.</summary>
    void Typed(string text);

    /// <summary>Transcript of the model, as it arrives.</summary>
    void Said(string text);

    /// <summary>The model was interrupted.</summary>
    void Interrupted();

    /// <summary>The turn is over.</summary>
    void EndTurn();

    /// <summary>Any other event, as a sentence and as data.</summary>
    void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data);
}

/// <summary>What a screen shows besides the transcripts.</summary>
internal sealed record TalkStatus(AudioLevel Microphone, AudioLevel Speaker, TimeSpan Queued, string MicrophoneState, string? Typing);
