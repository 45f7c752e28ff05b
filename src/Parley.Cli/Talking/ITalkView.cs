using Parley.Client;

namespace Parley.Cli.Talking;

/// <summary>Shows a call: on a screen that is drawn anew, or line by line.</summary>
internal interface ITalkView : IAsyncDisposable
{
    /// <summary>Words of the user; interim ones are replaced by the next.</summary>
    void Heard(string text, bool isInterim);

    /// <summary>A text the user sent.</summary>
    void Typed(string text);

    /// <summary>Words of the model, as they come.</summary>
    void Said(string text);

    /// <summary>The model was cut off.</summary>
    void Interrupted();

    /// <summary>The turn is over.</summary>
    void EndTurn();

    /// <summary>Anything else worth a line, as a sentence and as data.</summary>
    void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data);
}

/// <summary>What a screen shows beside the words, at one moment.</summary>
internal sealed record TalkStatus(AudioLevel Microphone, AudioLevel Speaker, TimeSpan Queued, string MicrophoneState, string? Typing);
