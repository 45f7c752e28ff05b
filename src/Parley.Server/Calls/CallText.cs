namespace Parley.Server.Calls;

/// <summary>Place of a text in a message.</summary>
internal enum TextPlace
{
    /// <summary><c>realtimeInput.text</c>.</summary>
    Typed,

    /// <summary><c>clientContent.turns[].parts[].text</c>.</summary>
    Content,

    /// <summary><c>serverContent.inputTranscription.text</c>.</summary>
    InputTranscription,

    /// <summary><c>serverContent.outputTranscription.text</c>.</summary>
    OutputTranscription,

    /// <summary><c>serverContent.modelTurn.parts[].text</c>.</summary>
    ModelTurn,
}

/// <summary>A text in a message.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Text">The text.</param>
/// <param name="Turn">Number of its turn in <see cref="TextPlace.Content"/>.</param>
/// <param name="Part">Number of its part.</param>
internal readonly record struct CallText(TextPlace Place, string Text, int Turn = 0, int Part = 0)
{
    internal bool IsThought { get; init; }

    internal bool IsUser => Place is TextPlace.Typed or TextPlace.Content or TextPlace.InputTranscription;

    internal bool IsSpoken => Place is TextPlace.InputTranscription or TextPlace.OutputTranscription;
}

/// <summary>Another text in the place of one.</summary>
internal readonly record struct TextEdit(CallText At, string Text);
