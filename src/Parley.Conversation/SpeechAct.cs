namespace Parley.Conversation;

/// <summary>What words of the user are to the conversation.</summary>
public enum SpeechAct
{
    /// <summary>Said to the model: they want an answer.</summary>
    Turn,

    /// <summary>Said to somebody else: they are shown and kept as context of the next turn, and want no answer.</summary>
    Aside,

    /// <summary>A listener's "mhm": shown, not kept, and no answer; it does not interrupt either.</summary>
    BackChannel,
}
