namespace Parley.Conversation;

/// <summary>How the conversation treats recognized words of the user.</summary>
public enum SpeechAct
{
    /// <summary>Addressed to the model: answered.</summary>
    Turn,

    /// <summary>Not addressed to the model: shown, kept as context of the next turn, and not answered.</summary>
    NotAddressed,

    /// <summary>A back-channel such as "mhm": shown, not kept, not answered; it does not interrupt.</summary>
    BackChannel,
}
