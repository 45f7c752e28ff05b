namespace Parley.Client;

/// <summary>How a session is connected to microphone and loudspeaker.</summary>
public sealed class AudioCallOptions
{
    /// <summary>
    /// Push-to-talk: the user speaks between <see cref="AudioCall.StartTalkingAsync"/> and <see cref="AudioCall.StopTalkingAsync"/>. The
    /// setup must disable automatic detection (<c>realtimeInputConfig.automaticActivityDetection.disabled</c>); otherwise the server closes
    /// the session. Default false: the microphone is open and the server detects speech.
    /// </summary>
    public bool PushToTalk { get; set; }

    /// <summary>
    /// Length of the audio before <see cref="AudioCall.StartTalkingAsync"/> that is sent too; default 300 ms, zero = none.
    /// </summary>
    public TimeSpan PreRoll { get; set; } = TimeSpan.FromMilliseconds(300);
}
