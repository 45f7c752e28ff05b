using System.IO.Pipelines;
using Parley.Client.Audio;
using Parley.Client.Session;
using Parley.Client.Tools;
using Parley.Protocol;

namespace Parley.Client;

// Sending. Every verb may be called from any thread; messages go out in the order in which the calls got the socket. The token of a verb
// cancels the wait for the socket, never a message that is being written: that would cut the session.
public partial class LiveSession
{
    private static readonly LiveSessionRequest ActivityStart = Realtime(new RealtimeInput { ActivityStart = Empty.Instance });
    private static readonly LiveSessionRequest ActivityEnd = Realtime(new RealtimeInput { ActivityEnd = Empty.Instance });
    private static readonly LiveSessionRequest AudioStreamEnd = Realtime(new RealtimeInput { AudioStreamEnd = true });

    /// <summary>
    /// Sends text of the user; the model answers it. Sent as <c>realtimeInput.text</c>, the one form that every model takes in mid-session.
    /// Its order relative to audio is not defined; for ordered history use
    /// <see cref="SendContentAsync(IReadOnlyList{Content}, bool, CancellationToken)"/>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendTextAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SendRawAsync(Realtime(new RealtimeInput { Text = text }), cancellationToken);
    }

    /// <summary>
    /// Appends to the conversation, in order (<c>clientContent</c>). Interrupts the current answer. 3.1 models take it only as initial
    /// history (<see cref="LiveSetup.InitialHistory"/>) and close the session otherwise.
    /// </summary>
    /// <param name="turns">The content; may be empty, to complete a turn (true) or to stop an answer (false).</param>
    /// <param name="turnComplete">True: the model answers now. Default true; the member is sent either way.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendContentAsync(IReadOnlyList<Content> turns, bool turnComplete = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(turns);
        var content = new ClientContent { Turns = turns.Count > 0 ? turns : null, TurnComplete = turnComplete };
        return SendRawAsync(new LiveSessionRequest { ClientContent = content }, cancellationToken);
    }

    /// <summary>Appends one text of the user to the conversation, in order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="turnComplete">True: the model answers now.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendContentAsync(string text, bool turnComplete = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SendContentAsync([new Content { Role = "user", Parts = [new Part { Text = text }] }], turnComplete, cancellationToken);
    }

    /// <summary>
    /// Sends microphone audio of any size: long input is split into messages of at most 100 ms, an odd byte waits for the next call, short
    /// input is sent as it is (20 to 40 ms a message is best). The memory may be reused when the task completes. Allocates nothing.
    /// </summary>
    /// <param name="pcm">PCM16 little-endian mono.</param>
    /// <param name="rateHz">Its rate in Hz, 4,000 to 192,000; default 16,000, which the service takes without resampling.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    /// <exception cref="LivePreflightException">Activity detection is manual and no activity is open: the session would be closed.</exception>
    public virtual ValueTask SendAudioAsync(ReadOnlyMemory<byte> pcm, int rateHz = AudioFormat.InputRateHz, CancellationToken cancellationToken = default)
    {
        if (Parts.IsManual && !Parts.Marks.IsOpen)
            Parts.Preflight.AudioOutsideActivity(Parts.Profile);
        return Parts.Output.SendAudioAsync(pcm, rateHz, cancellationToken);
    }

    /// <summary>
    /// Sends a recording up to its end: raw PCM16 little-endian mono, or a WAV file, which is recognized by its header and mixed to mono.
    /// </summary>
    /// <param name="pcm">The recording; not closed.</param>
    /// <param name="rateHz">Rate of raw PCM16 in Hz; of a WAV file, the rate in its header counts.</param>
    /// <param name="pacing">How fast; default real time.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    /// <exception cref="FormatException">The WAV file is broken, or of an encoding or rate that is not supported; the message says why.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual Task SendAudioAsync(
        Stream pcm, int rateHz = AudioFormat.InputRateHz, AudioPacing pacing = AudioPacing.RealTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pcm);
        return new AudioPacer(this, rateHz, pacing, _parts?.Options.TimeProvider ?? TimeProvider.System).SendAsync(pcm, cancellationToken);
    }

    /// <summary>Sends audio from a pipe up to its end: raw PCM16 little-endian mono, or a WAV file, as from a stream.</summary>
    /// <param name="pcm">The pipe; not completed.</param>
    /// <param name="rateHz">Rate of raw PCM16 in Hz; of a WAV file, the rate in its header counts.</param>
    /// <param name="pacing">How fast; default real time.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    /// <exception cref="FormatException">The WAV file is broken, or of an encoding or rate that is not supported; the message says why.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual Task SendAudioAsync(
        PipeReader pcm, int rateHz = AudioFormat.InputRateHz, AudioPacing pacing = AudioPacing.RealTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pcm);
        return new AudioPacer(this, rateHz, pacing, _parts?.Options.TimeProvider ?? TimeProvider.System).SendAsync(pcm, cancellationToken);
    }

    /// <summary>Sends one picture of the camera; the service uses at most one a second.</summary>
    /// <param name="image">JPEG or PNG.</param>
    /// <param name="mimeType">Its type.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendVideoAsync(ReadOnlyMemory<byte> image, string mimeType = "image/jpeg", CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(mimeType);
        return SendRawAsync(Realtime(new RealtimeInput { Video = new Blob { MimeType = mimeType, Data = image } }), cancellationToken);
    }

    /// <summary>Marks the start of the user's speech. Only with manual activity detection; otherwise the session is closed (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#66-manual-activity-detection">protocol 6.6</see>).</summary>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendActivityStartAsync(CancellationToken cancellationToken = default) => SendRawAsync(ActivityStart, cancellationToken);

    /// <summary>Marks the end of the user's speech; the model answers. Only with manual activity detection.</summary>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendActivityEndAsync(CancellationToken cancellationToken = default) => SendRawAsync(ActivityEnd, cancellationToken);

    /// <summary>
    /// Tells the server that the microphone was turned off, so that it need not wait for silence. Only with automatic activity detection;
    /// sending audio opens the stream again.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendAudioStreamEndAsync(CancellationToken cancellationToken = default) => SendRawAsync(AudioStreamEnd, cancellationToken);

    /// <summary>Answers calls that no automatic tool answers, with the id and name of the call and a JSON object as the result.</summary>
    /// <param name="responses">The answers.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="ArgumentException">They are longer than <see cref="LiveClientOptions.MaxToolResponseBytes"/>; nothing was sent.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendToolResponsesAsync(IReadOnlyList<FunctionResponse> responses, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(responses);
        if (responses.Count == 0)
            throw new ArgumentException("Give at least one answer.", nameof(responses));
        return SendRawAsync(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = responses } }, cancellationToken);
    }

    /// <summary>Changes the instruction or the tools in mid-session, on models that support it (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#45-contextupdate-new-autumn-2026">protocol 4.5</see>). The server does not acknowledge it.</summary>
    /// <param name="systemInstruction">The new instruction; null keeps the old one.</param>
    /// <param name="tools">The new tools, automatic ones included; empty clears them, null keeps the old ones.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual async ValueTask SendContextUpdateAsync(
        string? systemInstruction = null, IReadOnlyList<LiveTool>? tools = null, CancellationToken cancellationToken = default)
    {
        var update = new ContextUpdate
        {
            SystemInstruction = systemInstruction is null ? null : new Content { Parts = [new Part { Text = systemInstruction }] },
            Tools = tools is null ? null : new ToolList { Tools = SchemaFallback.Apply(LiveTool.ToWire(tools), _parts?.Profile ?? LiveModelProfiles.Unknown) },
        };
        await SendRawAsync(new LiveSessionRequest { ContextUpdate = update }, cancellationToken).ConfigureAwait(false);
        if (tools is not null)
            _parts?.Tools.Use(tools);
    }

    /// <summary>
    /// Sends a wire message as it is: for everything that has no verb here. The verbs above, except audio, call this one.
    /// </summary>
    /// <param name="message">The message; not a setup, which would close the session.</param>
    /// <param name="cancellationToken">Cancels the wait for the socket.</param>
    /// <exception cref="ArgumentException">The message is a setup.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public virtual ValueTask SendRawAsync(LiveSessionRequest message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Setup is not null)
            throw new ArgumentException("A second setup would close the session. Open another session.", nameof(message));
        Parts.Preflight.Require(message, Parts.Profile, Parts.Wire, Parts.Marks);
        ToolSize.Require(message.ToolResponse, Parts.Options.MaxToolResponseBytes);
        // The marks of the verbs above are held with the audio they belong to; a caller's own message is waited for.
        return ReferenceEquals(message, ActivityStart) || ReferenceEquals(message, ActivityEnd) || ReferenceEquals(message, AudioStreamEnd)
            ? SendMarkAsync(Parts, message, cancellationToken)
            : Parts.Output.SendAsync(message, cancellationToken);
    }

    private static async ValueTask SendMarkAsync(SessionParts parts, LiveSessionRequest mark, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(mark, ActivityEnd))
            parts.Marks.IsOpen = false;
        await parts.Output.SendMarkAsync(mark, cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(mark, ActivityStart))
            parts.Marks.IsOpen = true;
    }

    private static LiveSessionRequest Realtime(RealtimeInput input) => new() { RealtimeInput = input };
}
