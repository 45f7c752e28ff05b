using Microsoft.Extensions.AI;
using Parley.Protocol;
using Parley.Server.Calls;

namespace Parley.Server;

/// <summary>
/// A session in which the server takes part beside its client: it adds functions and instructions, reads transcripts, sends text, stops an answer, ends the
/// session. The client sees none of it; every other message passes unchanged. The same for local models and for a relay. Safe for use by many threads.
/// </summary>
public sealed class LiveCall
{
    private readonly CallSide _side;

    internal LiveCall(CallSide side) => _side = side;

    /// <summary>Id of the session, the same after a resumption.</summary>
    public string SessionId => _side.Start.SessionId;

    /// <summary>Id of the connection, which changes with a resumption. Each connection is a call of its own.</summary>
    public string ConnectionId => _side.Start.ConnectionId;

    /// <summary>The setup of the client, as its token and policy left it. What the call adds is not in it.</summary>
    public Setup Setup => _side.Start.Setup;

    /// <summary>Who opened the session.</summary>
    public LiveCaller Caller => _side.Start.Caller!;

    /// <summary>Whether the client continues an earlier session. Functions and instructions must be added again.</summary>
    public bool IsResumed => _side.Start.ResumeFrom is not null;

    /// <summary>Cancelled when the connection has ended.</summary>
    public CancellationToken Ended => _side.Ended;

    /// <summary>
    /// Adds a function that runs here. The model sees it beside those of the client; its calls are answered once and never shown to the client. A declaration of
    /// the client with the same name is replaced. The result is sent as a JSON object: anything else becomes <c>{"result": …}</c>, an exception or a timeout
    /// (<see cref="LiveCallOptions.ToolTimeout"/>) <c>{"error": …}</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The session has started.</exception>
    public void AddTool(AIFunction tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        _side.Additions.Add(tool);
    }

    /// <summary>
    /// Adds a function to a running session (<c>contextUpdate</c>). Not every model accepts it: one of the public service that does not ends the session with 1007.
    /// </summary>
    /// <returns>Completes when the model has it; false if the session ended before.</returns>
    public Task<bool> AddToolAsync(AIFunction tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        _side.Additions.AddLate(tool);
        return _side.SendToolsAsync();
    }

    /// <summary>Adds a text to the system instruction, after that of the client.</summary>
    /// <exception cref="InvalidOperationException">The session has started; use <see cref="UpdateInstructionAsync"/>.</exception>
    public void Instruction(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        _side.Additions.Add(text);
    }

    /// <summary>
    /// Calls a method with everything that is said, as it arrives: pieces of transcripts, typed text, text answers. One at a time and in order; audio never
    /// waits for it. If <see cref="LiveCallOptions.MaxWaitingTexts"/> wait, further ones are dropped and counted. An exception is logged. Speech has a
    /// transcript only if the setup asks for transcription.
    /// </summary>
    public void OnTranscript(Func<LiveCallText, CancellationToken, ValueTask> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        _side.Texts.Add(handle);
    }

    /// <inheritdoc cref="OnTranscript(Func{LiveCallText, CancellationToken, ValueTask})"/>
    public void OnTranscript(Action<LiveCallText> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        _side.Texts.Add((text, _) =>
        {
            handle(text);
            return default;
        });
    }

    /// <summary>
    /// Adds a check of every text in the session, in both directions (docs/guardrails.md). A text passes when all checks have allowed it; they run one after the other,
    /// in the order in which they were added, and one text at a time in each direction. The session then has transcripts of speech, whatever its setup asks for.
    /// </summary>
    /// <param name="check">Decides about <see cref="LiveCallText.Piece"/>. It must not block its thread, and should end when its token is cancelled.</param>
    /// <param name="options">How it runs; null = as <see cref="LiveCallOptions"/> says.</param>
    /// <exception cref="InvalidOperationException">The session has started.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is not greater than 0 and at most a minute.</exception>
    public void AddCheck(Func<LiveCallText, CancellationToken, ValueTask<LiveVerdict>> check, LiveCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(check);
        _side.Checks.Add(check, options ?? new LiveCheckOptions());
    }

    /// <summary>Sends a text to the model as if the user had typed it (<c>realtimeInput.text</c>), so that it answers.</summary>
    /// <param name="text">The text.</param>
    /// <param name="now">Whether to send it at once, which may interrupt an answer; false waits until the model neither answers nor waits for a function.</param>
    /// <returns>Completes when the model has it; false if the session ended before.</returns>
    public ValueTask<bool> SendTextAsync(string text, bool now = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return _side.InjectAsync(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = text } }, now);
    }

    /// <summary>
    /// Replaces the text of the system instruction while the session runs (<c>contextUpdate</c>). Not every model accepts it: one of the public service that
    /// does not ends the session with 1007 (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#45-contextupdate-new-autumn-2026">protocol 4.5</see>).
    /// </summary>
    /// <param name="text">The new instruction; it replaces that of the client too.</param>
    /// <param name="now">Whether to send it at once; false waits as <see cref="SendTextAsync"/> does.</param>
    /// <returns>Completes when the model has it; false if the session ended before.</returns>
    public ValueTask<bool> UpdateInstructionAsync(string text, bool now = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return _side.InjectAsync(new LiveSessionRequest { ContextUpdate = new ContextUpdate { SystemInstruction = new Content { Parts = [new Part { Text = text }] } } }, now);
    }

    /// <summary>
    /// Stops the answer that the model gives now: the client gets <c>interrupted</c>, plays nothing more of it, and gets the rest of it neither. The model does not
    /// notice; its history has the whole answer. Does nothing if the model does not answer.
    /// </summary>
    /// <returns>Whether there was an answer to stop.</returns>
    public bool Cut() => _side.Cut();

    /// <summary>Ends the session after everything that was sent.</summary>
    /// <param name="code">Close code: 1000, 1008, or 3000 to 4999.</param>
    /// <param name="reason">Close reason, for the client. At most 123 bytes of UTF-8 are sent.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code is another one.</exception>
    public void End(int code = 1000, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(reason);
        ThrowIfNotAllowed(code);
        _side.Close(new LiveClose(code, reason));
    }

    internal static void ThrowIfNotAllowed(int code)
    {
        if (code is not (1000 or 1008 or (>= 3_000 and <= 4_999)))
            throw new ArgumentOutOfRangeException(nameof(code), code, "Use 1000, 1008, or a code from 3000 to 4999.");
    }
}

/// <summary>A text of a call.</summary>
/// <param name="Call">The call.</param>
/// <param name="IsUser">Whether the user said it; otherwise the model did.</param>
/// <param name="Piece">What is new.</param>
/// <param name="Text">All of it so far, in this turn; at most <see cref="LiveCallOptions.MaxTextLength"/> characters, the newest ones.</param>
/// <param name="IsSpoken">Whether it is a transcript; false if it was typed, or answered as text.</param>
public sealed record LiveCallText(LiveCall Call, bool IsUser, string Piece, string Text, bool IsSpoken);

/// <summary>Takes part in calls. Register any number as singletons, or use <c>MapLiveApi().OnCall(…)</c>.</summary>
public interface ILiveCallHandler
{
    /// <summary>
    /// Called before a session starts, also before a resumed one does. <see cref="LiveCall.AddTool"/> and <see cref="LiveCall.Instruction"/> work until it
    /// returns, everything else as long as the session runs. An exception, or more time than <see cref="LiveCallOptions.StartTimeout"/>, refuses the session
    /// with 1011.
    /// </summary>
    ValueTask OnCallAsync(LiveCall call, CancellationToken cancellationToken);
}
