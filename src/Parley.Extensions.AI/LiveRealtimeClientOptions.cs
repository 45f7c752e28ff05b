using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Extensions.AI;

/// <summary>How <see cref="LiveRealtimeClient"/> opens sessions. Read once, when the client is made.</summary>
public sealed class LiveRealtimeClientOptions
{
    /// <summary>
    /// What holds for every session; what <see cref="RealtimeSessionOptions"/> says comes on top. Default: the model's own values, and speech
    /// of both sides transcribed. <see cref="LiveSetup.AutomaticTools"/> counts as false: see
    /// <see cref="LiveRealtimeExtensions.UseLiveFunctionInvocation"/>.
    /// </summary>
    public LiveSetup Setup { get; set; } = new() { InputTranscription = true, OutputTranscription = true };

    /// <summary>
    /// Fills <see cref="OutputTextAudioRealtimeServerMessage.Audio"/>, a base64 string 2.7 times the size of the sound; default true, because
    /// code that knows only the abstraction reads it. False: the sound is in <see cref="LiveAudioMessage.Pcm"/> alone.
    /// </summary>
    public bool EncodeAudio { get; set; } = true;
}
