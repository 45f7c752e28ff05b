using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Parley.Audio;
using Parley.Protocol;
using Parley.Testing.Scenarios;

namespace Parley.Testing;

/// <summary>
/// A rule of a <see cref="Scenario"/>: a condition, and what the server does in order. The reply ends its turn by itself: <c>generationComplete</c> and
/// <c>turnComplete</c> follow the last step.
/// </summary>
public sealed class ScenarioRule
{
    private readonly List<ReplyStep> _steps = [];
    private int _used, _most = int.MaxValue, _least = 1;

    internal ScenarioRule(RuleTrigger trigger, TurnMatch match) => (Trigger, Match) = (trigger, match);

    /// <summary>The condition.</summary>
    public TurnMatch Match { get; }

    /// <summary>How many turns the rule has replied to.</summary>
    public int Uses => Volatile.Read(ref _used);

    internal RuleTrigger Trigger { get; }

    /// <summary>File and line of a rule from a file; null otherwise.</summary>
    internal string? Source { get; set; }

    internal IReadOnlyList<ReplyStep> Steps => _steps;

    internal bool IsMissing => Uses < _least;

    /// <summary>Speaks: audio with its transcription, if the setup asks for one. A text session gets the text.</summary>
    /// <param name="text">The words.</param>
    /// <param name="speech">Duration, chunks and pace; default a plausible duration, as fast as the client reads.</param>
    public ScenarioRule Says(string text, SpokenReply? speech = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return Add(new SayStep(text, null, speech ?? new SpokenReply()));
    }

    /// <summary>Plays a recording.</summary>
    /// <param name="recording">Any rate; it is sent with 24 kHz.</param>
    /// <param name="transcript">Its words; null = no transcription.</param>
    /// <param name="speech">Chunks and pace.</param>
    public ScenarioRule Plays(WavFile recording, string? transcript = null, SpokenReply? speech = null)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return Add(new SayStep(transcript, recording, speech ?? new SpokenReply()));
    }

    /// <summary>Sends a thought (<c>thought: true</c>), if the setup asks for thoughts.</summary>
    public ScenarioRule Thinks(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return Add(new ThinkStep(text));
    }

    /// <summary>Sends a transcription of what the user said, whatever that was.</summary>
    public ScenarioRule Transcribes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Sends(new LiveSessionResponse { ServerContent = new ServerContent { InputTranscription = new Transcription { Text = text, Finished = true } } });
    }

    /// <summary>
    /// Calls a function; the steps that follow wait for its response. A function that the setup declares NON_BLOCKING ends the turn, and the steps that
    /// follow are a turn of their own, as with the service.
    /// </summary>
    /// <param name="name">Name of the function.</param>
    /// <param name="arguments">Its arguments: an object whose properties become members, a <see cref="JsonElement"/>, or null for none.</param>
    /// <param name="expect">Condition on the response; a response that does not meet it fails <see cref="Scenario.Verify"/>. Null = any.</param>
    public ScenarioRule Calls(string name, object? arguments = null, Func<JsonElement, bool>? expect = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Calls(new ScriptedCall(name, ToObject(arguments), expect));
    }

    /// <summary>Calls functions in one message; the steps that follow wait for all responses.</summary>
    public ScenarioRule Calls(params ScriptedCall[] calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        ArgumentOutOfRangeException.ThrowIfZero(calls.Length);
        return Add(new CallStep(calls));
    }

    /// <summary>Waits, on the clock of the server.</summary>
    public ScenarioRule Waits(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return Add(new WaitStep(time));
    }

    /// <summary>Sends a message.</summary>
    public ScenarioRule Sends(LiveSessionResponse message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Add(new SendStep(message));
    }

    /// <summary>Sends these bytes as one message, whatever they are: unknown members, invalid JSON, forms of other servers.</summary>
    public ScenarioRule SendsRaw(string message, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        ArgumentNullException.ThrowIfNull(message);
        return SendsRaw(Encoding.UTF8.GetBytes(message), type);
    }

    /// <inheritdoc cref="SendsRaw(string, WebSocketMessageType)"/>
    public ScenarioRule SendsRaw(ReadOnlyMemory<byte> message, WebSocketMessageType type = WebSocketMessageType.Binary) => Add(new RawStep(message, type));

    /// <summary>Reports usage.</summary>
    public ScenarioRule Reports(UsageMetadata usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return Sends(new LiveSessionResponse { UsageMetadata = usage });
    }

    /// <summary>Announces the end of the connection with <c>goAway</c>. It does not end it: add <see cref="Waits"/> and <see cref="Closes"/>.</summary>
    public ScenarioRule GoesAway(TimeSpan timeLeft) => Sends(new LiveSessionResponse { GoAway = new GoAway { TimeLeft = timeLeft } });

    /// <summary>Cancels function calls by id.</summary>
    public ScenarioRule Cancels(params string[] ids) => Sends(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = ids } });

    /// <summary>Sends <c>interrupted</c> although nobody spoke, as the service sometimes does.</summary>
    public ScenarioRule Interrupts() => Sends(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });

    /// <summary>Closes the connection.</summary>
    /// <param name="code">WebSocket close code, such as 1011.</param>
    /// <param name="reason">Close reason; at most 123 bytes are sent.</param>
    public ScenarioRule Closes(int code, string reason = "") => Add(new CloseStep(code, reason));

    /// <summary>Repeats the text or the audio of the turn.</summary>
    public ScenarioRule Echoes() => Add(new EchoStep());

    /// <summary>Runs code of the test, for example to complete a task that the test waits for.</summary>
    public ScenarioRule Does(Func<UserTurn, CancellationToken, Task> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Add(new ActionStep(action));
    }

    /// <summary>Never ends the turn: no <c>generationComplete</c> and no <c>turnComplete</c> follow.</summary>
    public ScenarioRule LeavesTurnOpen() => Add(new OpenStep());

    /// <summary>Does nothing but end the turn: an empty answer, as the service sometimes gives.</summary>
    public ScenarioRule SaysNothing() => this;

    /// <summary>Replies to one turn only; later ones are for the rules that follow.</summary>
    public ScenarioRule Once() => Times(1);

    /// <summary>Replies to this many turns and no more; fewer fail <see cref="Scenario.Verify"/>.</summary>
    public ScenarioRule Times(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (_least, _most) = (count, count);
        return this;
    }

    /// <summary>May stay unused.</summary>
    public ScenarioRule Optional()
    {
        _least = 0;
        return this;
    }

    /// <summary>The condition and the number of uses.</summary>
    public override string ToString() => DescribeUse();

    internal bool TryUse()
    {
        if (_used >= _most)
            return false;
        _used++;
        return true;
    }

    internal string DescribeUse()
    {
        var expected = _most == int.MaxValue ? _least == 0 ? "" : ", expected at least once" : $", expected {Count(_most)}";
        return $"The rule \"{Name}\"{(Source is null ? "" : $" ({Source})")} was used {Count(Uses)}{expected}.";
    }

    private string Name => Trigger switch
    {
        RuleTrigger.Opened => "when opened",
        RuleTrigger.SpeechStarted => "when speech starts",
        _ => Match.Description,
    };

    private static string Count(int times) => times switch
    {
        1 => "once",
        _ => string.Create(CultureInfo.InvariantCulture, $"{times} times"),
    };

    private static JsonElement? ToObject(object? arguments)
    {
        if (arguments is null)
            return null;
        var value = arguments is JsonElement given ? given : JsonSerializer.SerializeToElement(arguments);
        return value.ValueKind == JsonValueKind.Object
            ? value
            : throw new ArgumentException("The arguments of a function are an object; give one whose properties are the members.", nameof(arguments));
    }

    private ScenarioRule Add(ReplyStep step)
    {
        _steps.Add(step);
        return this;
    }
}

/// <summary>A function call that a scripted server makes.</summary>
/// <param name="Name">Name of the function.</param>
/// <param name="Arguments">Its arguments; null = none.</param>
/// <param name="Expect">Condition on the response; null = any.</param>
public sealed record ScriptedCall(string Name, JsonElement? Arguments = null, Func<JsonElement, bool>? Expect = null)
{
    /// <summary>How a response differs from the expected one; null = it does not.</summary>
    internal Func<JsonElement, string?>? Difference { get; init; }
}

/// <summary>How a scripted server speaks.</summary>
public sealed record SpokenReply
{
    /// <summary>Duration of the audio; default 70 ms for each character, at least 200 ms. Not used if the server has a voice or plays a recording.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Length of a chunk; default 40 ms.</summary>
    public TimeSpan Chunk { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>
    /// Time between two chunks on the clock of the server; default zero, as fast as the client reads. With <see cref="Chunk"/> the answer takes as long as
    /// it plays, and can be interrupted.
    /// </summary>
    public TimeSpan Every { get; init; }

    /// <summary>Spoken in real time: a chunk of 40 ms every 40 ms.</summary>
    public static SpokenReply RealTime { get; } = new() { Every = TimeSpan.FromMilliseconds(40) };
}
