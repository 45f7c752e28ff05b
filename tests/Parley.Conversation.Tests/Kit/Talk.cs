using System.Text;
using System.Text.Json;
using Parley.Protocol;

namespace Parley.Conversation.Tests.Kit;

/// <summary>
/// A conversation in a test: client, detector, recognizer, chat model, synthesizer, writer and clock in one object. Effects are read
/// with <see cref="Expect"/>, which returns everything since its last call; checkpoints are left out unless requested.
/// </summary>
internal sealed class Talk
{
    private readonly RecordingEffects _effects = new();
    private readonly ConversationMachine _machine;
    private int _read;
    private TimeSpan? _timerAt;

    private Talk(ConversationOptions options, ConversationState? resumeFrom)
    {
        _machine = new ConversationMachine(options, _effects, resumeFrom);
        _machine.Started();
    }

    internal ConversationMachine Machine => _machine;

    internal bool ShowsCheckpoints { get; init; }

    internal TimeSpan Now { get; private set; }

    internal GenerationRequest Request => _effects.Request ?? throw new InvalidOperationException("No answer was started.");

    internal ConversationState? State => _effects.State;

    internal UsageMetadata Usage => _effects.Messages.Last(message => message.UsageMetadata is not null).UsageMetadata!;

    /// <summary>The last input of the chat model, a line for each entry.</summary>
    internal string[] History => [.. Request.History.Select(Describe)];

    /// <param name="setup">Members of the setup, as on the wire, without the outer braces.</param>
    /// <param name="options">Rules of the model.</param>
    /// <param name="resumeFrom">State of an earlier conversation.</param>
    /// <param name="showsCheckpoints">Whether <see cref="Expect"/> sees them.</param>
    internal static Talk With(
        string setup = "", Func<ConversationOptions, ConversationOptions>? options = null, ConversationState? resumeFrom = null, bool showsCheckpoints = false)
    {
        var plain = new ConversationOptions { Setup = LiveCodec.DecodeSetup(Encoding.UTF8.GetBytes("{" + setup + "}")) };
        return new Talk(options is null ? plain : options(plain), resumeFrom) { ShowsCheckpoints = showsCheckpoints };
    }

    internal static string Declare(string name, string? behavior = null) => behavior is null
        ? $$"""{"name":"{{name}}"}"""
        : $$"""{"name":"{{name}}","behavior":"{{behavior}}"}""";

    internal static string Functions(params string[] declarations) =>
        $$"""
        "tools":[{"functionDeclarations":[{{string.Join(',', declarations)}}]}]
        """;

    /// <summary>Everything done since the last call, line for line.</summary>
    internal void Expect(params string[] lines)
    {
        var done = _effects.Lines.Skip(_read).Where(line => ShowsCheckpoints || line is not ("resumable" or "not resumable")).ToArray();
        _read = _effects.Lines.Count;
        Assert.Equal(string.Join('\n', lines), string.Join('\n', done));
    }

    internal void Skip() => _read = _effects.Lines.Count;

    internal void ExpectNothing() => Expect();

    // The client.
    internal void Client(string json) => _machine.Receive(LiveCodec.DecodeRequest(Encoding.UTF8.GetBytes(json), LiveCompatibility.Strict), Now);

    internal void Types(string text) => _machine.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = text } }, Now);

    internal void Shows(byte picture) => _machine.Receive(
        new LiveSessionRequest { RealtimeInput = new RealtimeInput { Video = new Blob { MimeType = "image/jpeg", Data = new[] { picture } } } }, Now);

    internal void MarksStart() => Client("""{"realtimeInput":{"activityStart":{}}}""");

    internal void MarksEnd() => Client("""{"realtimeInput":{"activityEnd":{}}}""");

    internal void Adds(string text, string role = "user") => Content(text, role, turnComplete: false);

    internal void Asks(string text, string role = "user") => Content(text, role, turnComplete: true);

    internal void Commits() => Client("""{"clientContent":{"turnComplete":true}}""");

    internal void Responds(params string[] responses) =>
        Client("{\"toolResponse\":{\"functionResponses\":[" + string.Join(',', responses) + "]}}");

    internal static string Result(string id, string members = "") =>
        "{" + $"\"id\":\"{id}\",\"response\":{{\"output\":\"{id} done\"}}{(members.Length == 0 ? "" : "," + members)}" + "}";

    // Microphone, detector and recognizer.
    internal void Hears(double seconds)
    {
        _machine.AudioArrived((int)(seconds * AudioFormat.InputRateHz));
        Wait(seconds);
    }

    internal void SpeechStarts(double lookBack = 0, bool holds = false) =>
        _machine.SpeechStarted(_machine.AudioPosition - (long)(lookBack * AudioFormat.InputRateHz), Now, holds);

    internal void ConfirmBargeIn() => _machine.ConfirmBargeIn(Now);

    internal void SpeechEnds(double ago = 0) => _machine.SpeechEnded(_machine.AudioPosition - (long)(ago * AudioFormat.InputRateHz));

    internal void Recognizes(string text, int? utterance = null, SpeechAct act = SpeechAct.Turn) =>
        _machine.Recognized(utterance ?? _effects.Utterance, text, Now, act);

    internal void FailsToRecognize(int? utterance = null) => _machine.RecognitionFailed(utterance ?? _effects.Utterance);

    /// <summary>A second of speech, recognized at once.</summary>
    internal void Speaks(string text, SpeechAct act = SpeechAct.Turn, bool holds = false)
    {
        SpeechStarts(holds: holds);
        Hears(1);
        SpeechEnds();
        Recognizes(text, act: act);
    }

    // Chat model and synthesizer.
    internal void Says(string text, double seconds = 1) => Says(Request.Generation, text, seconds);

    internal void Says(int generation, string? text, double seconds) =>
        _machine.Said(generation, new byte[(int)(seconds * AudioFormat.OutputRateHz) * sizeof(short)], text, Now);

    internal void Writes(string text) => _machine.Said(Request.Generation, default, text, Now);

    internal void Thinks(string text) => _machine.Thought(Request.Generation, text);

    internal void Calls(params string[] names) =>
        _machine.Called(Request.Generation, [.. names.Select(name => new FunctionCall { Name = name, Args = JsonElement.Parse("{}"u8) })], Now);

    internal void Finishes() => _machine.Finished(Request.Generation, Now);

    internal void Replies(string text)
    {
        Says(text);
        Finishes();
    }

    // The writer and the clock.
    internal void SendsOut(int chunks = int.MaxValue)
    {
        for (; chunks > 0 && _effects.Unsent.TryDequeue(out var chunk); chunks--)
            _machine.MediaSent(chunk.Generation, chunk.Sequence, Now);
    }

    internal void Wait(double seconds)
    {
        if (_effects.Timer is { } due)
        {
            _timerAt = Now + due;
            _effects.Timer = null;
        }
        Now += TimeSpan.FromSeconds(seconds);
        if (_timerAt <= Now)
        {
            _timerAt = null;
            _machine.PlaybackEnded(Now);
        }
    }

    internal static string Describe(Content content) => (content.Role ?? "?") + ": " + string.Join(" | ", (content.Parts ?? []).Select(Describe));

    private static string Describe(Part part)
    {
        if (part.Text is { } text)
            return text;
        if (part.InlineData is { Data: { } data })
            return $"[{data.Span[0]}]";
        if (part.FunctionCall is { } call)
            return $"{call.Id}:{call.Name}()";
        return part.FunctionResponse is { } response ? $"{response.Id}:{response.Name} = {response.Response}" : "?";
    }

    private void Content(string text, string role, bool turnComplete) => _machine.Receive(
        new LiveSessionRequest
        {
            ClientContent = new ClientContent { Turns = [new Content { Role = role, Parts = [new Part { Text = text }] }], TurnComplete = turnComplete },
        },
        Now);
}
