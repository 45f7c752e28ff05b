namespace Parley.Testing;

/// <summary>What happened in a call of a <see cref="VirtualCaller"/>.</summary>
public enum CallerEventKind
{
    /// <summary>The caller began to speak a recording.</summary>
    SpeechStarted,

    /// <summary>The last frame of a recording was sent. Its length is in <see cref="CallerEvent.Length"/>.</summary>
    SpeechEnded,

    /// <summary>The first audible frame after silence began to play.</summary>
    SoundStarted,

    /// <summary>
    /// The last audible frame ended; recorded when <see cref="VirtualCallerOptions.SoundPause"/> of silence has followed, or at the end of the
    /// call. <see cref="CallerEvent.Length"/> is the time since it started.
    /// </summary>
    SoundEnded,

    /// <summary>The server cleared the buffer. <see cref="CallerEvent.Length"/> is the audio that will not be heard.</summary>
    Cleared,

    /// <summary>The server sent a mark, or a checkpoint; its name is in <see cref="CallerEvent.Text"/>.</summary>
    MarkReceived,

    /// <summary>The audio before a mark was played, and the server was told.</summary>
    MarkPlayed,

    /// <summary>A mark was removed by a clear. Twilio and Telnyx send it back to the server, Plivo does not.</summary>
    MarkCleared,

    /// <summary>The caller pressed a key; it is in <see cref="CallerEvent.Text"/>.</summary>
    KeyPressed,

    /// <summary>The call ended. <see cref="CallerEvent.Length"/> is the audio in the buffer that was not heard.</summary>
    Ended,
}
