using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Extensions.AI;

/// <summary>How <see cref="LiveRealtimeClient"/> opens sessions. Read once, when the client is created.</summary>
public sealed class LiveRealtimeClientOptions
{
    /// <summary>
    /// Settings of every session; <see cref="RealtimeSessionOptions"/> overrides them. Default: the model's own values, and transcription
    /// of both sides. <see cref="LiveSetup.AutomaticTools"/> counts as false: see
    /// <see cref="LiveRealtimeExtensions.UseLiveFunctionInvocation"/>.
    /// </summary>
    public LiveSetup Setup { get; set; } = new() { InputTranscription = true, OutputTranscription = true };

    /// <summary>
    /// Fills <see cref="OutputTextAudioRealtimeServerMessage.Audio"/>, a base64 string 2.7 times the size of the audio; default true,
    /// because code that knows only the abstraction reads it. False: the audio is in <see cref="LiveAudioMessage.Pcm"/> only.
    /// </summary>
    public bool EncodeAudio { get; set; } = true;
}
