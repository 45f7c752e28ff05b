using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant;
using Parley.Cascade;
using Parley.Protocol;
using Parley.Server;
using Parley.Speech;

namespace Parley.FirstMinute;

/// <summary>
/// One spoken session with the built-in engines and the functions of the console: audio goes into a session of the cascade, as the server
/// runs it, and its messages come out. An utterance arrives in one message, so the result does not depend on how busy the machine is.
/// </summary>
internal sealed class Visit : ILiveModelOutput, IAsyncDisposable
{
    private readonly SpeechEngines _engines;
    private readonly ServiceProvider _services;
    private readonly Lock _lock = new();
    private ILiveModelSession? _session;
    private TaskCompletionSource<Heard> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _transcript = "";
    private string _answer = "";
    private List<string> _calls = [];
    private bool _awaitsResult;

    private Visit(SpeechEngines engines, ServiceProvider services) => (_engines, _services) = (engines, services);

    /// <summary>Functions as the console declares them.</summary>
    public static IReadOnlyList<FunctionDeclaration> Functions { get; } =
    [
        Declare("get_time", "Returns the date, time and time zone of the user.", "{}"),
        Declare(
            "roll_dice", "Rolls dice and returns the result.",
            """{"count":{"type":"integer","description":"How many dice, 1 to 10."},"sides":{"type":"integer","description":"Sides of each, 2 to 100."}}"""),
        Declare(
            "set_page_colour", "Changes the colour of the page.", """{"colour":{"type":"string","description":"A colour, such as green or tomato."}}""", "colour"),
        Declare(
            "draw_chart", "Draws a bar chart for the user.",
            """{"title":{"type":"string"},"labels":{"type":"array","items":{"type":"string"}},"values":{"type":"array","items":{"type":"number"}}}""", "values"),
    ];

    public static async Task<Visit> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var engines = SpeechEngines.Create(new SpeechOptions(), time, NullLoggerFactory.Instance);
        var services = new ServiceCollection().AddLiveApi().AddChatModel().Services.BuildServiceProvider();
        var visit = new Visit(engines, services);
        var parts = new CascadeParts
        {
            ChatModel = new RuleBasedChatClient(time),
            Synthesizer = new ToneSynthesizer(),
            Recognizer = engines.Recognizer.Engine,
            Detectors = engines.Detectors.Engine,
            Phrases = services.GetRequiredService<ISpokenPhrases>(),
        };
        var options = new CascadeOptions { AudioLead = TimeSpan.FromHours(1), SuppressEcho = false, RecognitionTimeout = TimeSpan.FromMinutes(10) };
        var model = new CascadeModel(parts, options, time, NullLogger<CascadeModel>.Instance);
        visit._session = await model.StartAsync(
            new LiveModelStart
            {
                SessionId = "visit",
                ConnectionId = "visit",
                Setup = new Setup
                {
                    Model = "models/gemini-test",
                    InputAudioTranscription = new AudioTranscriptionConfig(),
                    OutputAudioTranscription = new AudioTranscriptionConfig(),
                    SystemInstruction = new Content { Parts = [new Part { Text = "You are a helpful assistant. Answer briefly." }] },
                    Tools = [new Tool { FunctionDeclarations = [.. Functions] }],
                },
                Profile = new LiveModelProfile { Name = "test" },
            },
            visit,
            cancellationToken);
        return visit;
    }

    /// <summary>Says something and waits for the end of its answer.</summary>
    /// <param name="speech">16 kHz mono.</param>
    public Task<Heard> AskAsync(short[] speech)
    {
        Task<Heard> answered;
        lock (_lock)
        {
            _turn = new TaskCompletionSource<Heard>(TaskCreationOptions.RunContinuationsAsynchronously);
            (_transcript, _answer, _calls, _awaitsResult) = ("", "", [], false);
            answered = _turn.Task;
        }
        _session!.ReceiveAudio(Pcm.ToBytes([.. new short[4_800], .. speech, .. new short[32_000]]), 16_000);
        return answered;
    }

    public void Send(LiveSessionResponse message)
    {
        lock (_lock)
        {
            _transcript += message.ServerContent?.InputTranscription?.Text;
            _answer += message.ServerContent?.OutputTranscription?.Text;
            foreach (var call in message.ToolCall?.FunctionCalls ?? [])
            {
                _calls.Add($"{call.Name} {(call.Args is { } given ? JsonSerializer.Serialize(given) : "{}")}");
                _awaitsResult = true;
                ThreadPool.QueueUserWorkItem(_ => Answer(call));
            }
            if (message.ServerContent?.TurnComplete is true && !_awaitsResult)
                _turn.TrySetResult(new Heard(_transcript.Trim(), _calls, _answer.Trim()));
        }
    }

    public void SendMedia(in LiveMedia media)
    {
        lock (_lock)
        {
            _answer += media.Text;
            var sent = media;
            ThreadPool.QueueUserWorkItem(_ => _session?.MediaSent(in sent));
        }
    }

    public void Send(WireMessage message) => throw new NotSupportedException("The cascade sends no encoded messages.");

    public void CancelMedia(int generation)
    {
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Checkpoint(object? state)
    {
    }

    public void Close(LiveClose close) => _turn.TrySetException(new InvalidOperationException($"Closed with {close.Code}: {close.Reason}"));

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync();
        _engines.Dispose();
        await _services.DisposeAsync();
    }

    private void Answer(FunctionCall call)
    {
        var result = call.Name switch
        {
            "roll_dice" => """{"rolls":[4,2],"total":6}""",
            "get_time" => """{"time":"16:03","date":"Sunday, 29 November 2026","zone":"UTC"}""",
            "set_page_colour" => call.Args?.GetRawText() ?? "{}",
            _ => """{"bars":3}""",
        };
        lock (_lock)
            _awaitsResult = false;
        _session!.Receive(new LiveSessionRequest
        {
            ToolResponse = new ToolResponse { FunctionResponses = [new FunctionResponse { Id = call.Id, Name = call.Name, Response = JsonElement.Parse(result) }] },
        });
    }

    private static FunctionDeclaration Declare(string name, string description, string properties, params string[] required) => new()
    {
        Name = name,
        Description = description,
        ParametersJsonSchema = JsonElement.Parse($$"""{"type":"object","properties":{{properties}},"required":{{JsonSerializer.Serialize(required)}}}"""),
    };
}
