using System.IO.Pipelines;
using Parley.Client.Audio;
using Parley.Protocol;

namespace Parley.Client;

// Sending. Every verb may be called from any thread; messages go out in the order in which the calls got the socket. The token of a verb
// ends the wait for the socket, never a message under way: that would cut the session.
public sealed partial class LiveSession
{
    private static readonly LiveSessionRequest ActivityStart = Realtime(new RealtimeInput { ActivityStart = Empty.Instance });
    private static readonly LiveSessionRequest ActivityEnd = Realtime(new RealtimeInput { ActivityEnd = Empty.Instance });
    private static readonly LiveSessionRequest AudioStreamEnd = Realtime(new RealtimeInput { AudioStreamEnd = true });

    /// <summary>
    /// Says something as the user, in writing; the model answers by itself. Goes as <c>realtimeInput.text</c>, on every model: it is the one
    /// form they all take in mid-session. It has no order against audio; ordered history goes through
    /// <see cref="SendContentAsync(IReadOnlyList{Content}, bool, CancellationToken)"/>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendTextAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SendAsync(Realtime(new RealtimeInput { Text = text }), cancellationToken);
    }

    /// <summary>
    /// Appends to the conversation, in order (<c>clientContent</c>). Interrupts an answer under way. 3.1 models take it only as initial
    /// history (<see cref="LiveSetup.InitialHistory"/>) and close the session otherwise.
    /// </summary>
    /// <param name="turns">The content; may be empty, to complete a turn (true) or to stop an answer (false).</param>
    /// <param name="turnComplete">True: answer now. Default true; sent either way.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendContentAsync(IReadOnlyList<Content> turns, bool turnComplete = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(turns);
        var content = new ClientContent { Turns = turns.Count > 0 ? turns : null, TurnComplete = turnComplete };
        return SendAsync(new LiveSessionRequest { ClientContent = content }, cancellationToken);
    }

    /// <summary>Appends one text of the user to the conversation, in order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="turnComplete">True: answer now.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendContentAsync(string text, bool turnComplete = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SendContentAsync([new Content { Role = "user", Parts = [new Part { Text = text }] }], turnComplete, cancellationToken);
    }

    /// <summary>
    /// Sends a piece of the microphone. Any size: long ones go out as several messages of at most 100 ms, an odd byte waits for the next
    /// call, short ones go as they are (20 to 40 ms a message is best). The memory is free again when the task ends. Allocates nothing.
    /// </summary>
    /// <param name="pcm">PCM16 little-endian mono.</param>
    /// <param name="rateHz">Its rate in Hz, 4,000 to 192,000; default 16,000, which the service takes without resampling.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendAudioAsync(ReadOnlyMemory<byte> pcm, int rateHz = AudioFormat.InputRateHz, CancellationToken cancellationToken = default) =>
        _output.SendAudioAsync(pcm, rateHz, cancellationToken);

    /// <summary>Sends a recording up to its end: raw PCM16 little-endian mono, no WAV header.</summary>
    /// <param name="pcm">The recording; not closed.</param>
    /// <param name="rateHz">Its rate in Hz.</param>
    /// <param name="pacing">How fast; default at the speed of speech.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public Task SendAudioAsync(
        Stream pcm, int rateHz = AudioFormat.InputRateHz, AudioPacing pacing = AudioPacing.RealTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pcm);
        return new AudioPacer(this, rateHz, pacing, _options.TimeProvider).SendAsync(pcm, cancellationToken);
    }

    /// <summary>Sends what a pipe gives up to its end: raw PCM16 little-endian mono.</summary>
    /// <param name="pcm">The pipe; not completed.</param>
    /// <param name="rateHz">Its rate in Hz.</param>
    /// <param name="pacing">How fast; default at the speed of speech.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public Task SendAudioAsync(
        PipeReader pcm, int rateHz = AudioFormat.InputRateHz, AudioPacing pacing = AudioPacing.RealTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pcm);
        return new AudioPacer(this, rateHz, pacing, _options.TimeProvider).SendAsync(pcm, cancellationToken);
    }

    /// <summary>Sends one frame of the camera; the service uses at most one a second.</summary>
    /// <param name="image">JPEG or PNG.</param>
    /// <param name="mimeType">Its type.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendVideoAsync(ReadOnlyMemory<byte> image, string mimeType = "image/jpeg", CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(mimeType);
        return SendAsync(Realtime(new RealtimeInput { Video = new Blob { MimeType = mimeType, Data = image } }), cancellationToken);
    }

    /// <summary>The user begins to speak. Only with automatic detection disabled; else the session is closed (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#66-manual-activity-detection">protocol 6.6</see>).</summary>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendActivityStartAsync(CancellationToken cancellationToken = default) => SendMarkAsync(ActivityStart, cancellationToken);

    /// <summary>The user has spoken; the model answers. Only with automatic detection disabled.</summary>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendActivityEndAsync(CancellationToken cancellationToken = default) => SendMarkAsync(ActivityEnd, cancellationToken);

    /// <summary>The microphone stopped: the server need not wait for silence. Only with automatic detection; sending audio opens it again.</summary>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendAudioStreamEndAsync(CancellationToken cancellationToken = default) => SendMarkAsync(AudioStreamEnd, cancellationToken);

    /// <summary>Answers calls that no automatic tool answers: id and name of the call, and a result that is a JSON object.</summary>
    /// <param name="responses">The answers.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendToolResponsesAsync(IReadOnlyList<FunctionResponse> responses, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(responses);
        if (responses.Count == 0)
            throw new ArgumentException("Give at least one answer.", nameof(responses));
        return SendAsync(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = responses } }, cancellationToken);
    }

    /// <summary>Changes the instruction or the tools in mid-session, on models that take it (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#45-contextupdate-new-autumn-2026">protocol 4.5</see>). It is not acknowledged.</summary>
    /// <param name="systemInstruction">The new instruction; null keeps the old one.</param>
    /// <param name="tools">The new tools, automatic ones included; empty clears them, null keeps the old ones.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public async ValueTask SendContextUpdateAsync(
        string? systemInstruction = null, IReadOnlyList<LiveTool>? tools = null, CancellationToken cancellationToken = default)
    {
        var update = new ContextUpdate
        {
            SystemInstruction = systemInstruction is null ? null : new Content { Parts = [new Part { Text = systemInstruction }] },
            Tools = tools is null ? null : new ToolList { Tools = LiveTool.ToWire(tools) },
        };
        await SendAsync(new LiveSessionRequest { ContextUpdate = update }, cancellationToken).ConfigureAwait(false);
        if (tools is not null)
            _tools.Use(tools);
    }

    /// <summary>Sends a message of the wire as it is: the way out for everything that has no verb here.</summary>
    /// <param name="message">The message; not a setup, which would close the session.</param>
    /// <param name="cancellationToken">Ends the wait for the socket.</param>
    /// <exception cref="ArgumentException">The message is a setup.</exception>
    /// <exception cref="LiveSessionException">The session has ended.</exception>
    public ValueTask SendRawAsync(LiveSessionRequest message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Setup is not null)
            throw new ArgumentException("A second setup would close the session. Open another session.", nameof(message));
        return SendAsync(message, cancellationToken);
    }

    private ValueTask SendAsync(LiveSessionRequest message, CancellationToken cancellationToken)
    {
        _preflight.Require(message, _profile, _wire);
        return _output.SendAsync(message, cancellationToken);
    }

    private ValueTask SendMarkAsync(LiveSessionRequest mark, CancellationToken cancellationToken)
    {
        _preflight.Require(mark, _profile, _wire);
        return _output.SendMarkAsync(mark, cancellationToken);
    }

    private static LiveSessionRequest Realtime(RealtimeInput input) => new() { RealtimeInput = input };
}
