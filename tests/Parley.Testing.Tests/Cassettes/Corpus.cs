using Microsoft.Extensions.AI;
using Parley.Audio;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>A session of the corpus: what the server says, and what the client does. The client code runs against the server and against the cassette.</summary>
internal sealed record CorpusSession(string Name, Action<LiveTestServer> Script, Func<LiveTestServer, Task> Client)
{
    internal LiveSetup Setup { get; init; } = new() { Model = Conversing.Model, OutputTranscription = true };

    /// <summary>The client sends again as soon as it is connected, while the server sends a handle: either may be first.</summary>
    internal bool HasRace { get; init; }

    /// <summary>The differences that are not chance.</summary>
    internal IEnumerable<string> Compare(Cassette expected, Cassette actual) =>
        expected.Differences(actual).Where(difference => !HasRace || !difference.Contains(": expected after ", StringComparison.Ordinal));

    /// <summary>Where the cassette is in the source tree.</summary>
    internal string Folder => Path.Combine(Root(), "tests", "Parley.Testing.Tests", "Cassettes", "Corpus", Name + ".cassette");

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not run in a checkout.");
    }
}

/// <summary>Sessions that clients find hard.</summary>
internal static class Corpus
{
    private static readonly SpokenReply Short = new() { Duration = TimeSpan.FromMilliseconds(80) };
    private static readonly SpokenReply Slow = new() { Duration = TimeSpan.FromMilliseconds(400), Every = TimeSpan.FromMilliseconds(40) };
    private static readonly WavFile Speech = new(16_000, Sounds.Speech("stop it").Samples[..6_400]);

    internal static IReadOnlyList<CorpusSession> Sessions { get; } =
    [
        new("go-away-and-resume",
            static server =>
            {
                server.When("first").Says("One.", Short).GoesAway(TimeSpan.FromSeconds(10));
                server.When("second").Says("Two.", Short);
            },
            static server => AskAsync(server, "first", "second")),

        new("lost-in-mid-answer",
            static server =>
            {
                server.When("first").Says("One.", Short);
                server.When("second").Says("Half of", Short).Waits(TimeSpan.FromMilliseconds(10)).Does((_, _) => Cut(server)).LeavesTurnOpen().Once();
                // The client sends it again, because it was not answered.
                server.When("second").Says("Two.", Short);
                server.When("third").Says("Three.", Short);
            },
            static server => AskAsync(server, "first", "second", "third")) { HasRace = true },

        new("internal-error-in-mid-answer",
            static server =>
            {
                server.When("first").Says("One.", Short);
                server.When("second").Says("Half of", Short).Closes(1011, "Internal error encountered.").Once();
                server.When("second").Says("Two.", Short);
                server.When("third").Says("Three.", Short);
            },
            static server => AskAsync(server, "first", "second", "third")) { HasRace = true },

        new("answer-is-interrupted",
            static server =>
            {
                server.When("story").Says("Once upon a time there was a king.", Slow);
                server.When(Heard.Speech()).Says("All right.", Short);
            },
            static async server =>
            {
                await using var call = await StartAsync(server);
                await SendAsync(server, call, "story");
                await server.AdvanceAsync(TimeSpan.FromMilliseconds(120), Conversing.Cancellation);
                await SpeakAsync(server, call);
            }),

        new("calls-are-cancelled",
            static server =>
            {
                server.When("weather").Calls(new ScriptedCall("get_weather"), new ScriptedCall("get_time")).Says("Never said.").Once();
                server.When(Heard.Speech()).Says("All right.", Short);
            },
            static async server =>
            {
                await using var call = await StartAsync(server);
                await SendAsync(server, call, "weather");
                await SpeakAsync(server, call);
            })
        {
            Setup = WithTools(Conversing.BlockingModel, "get_weather", "get_time"),
        },

        new("non-blocking-call",
            static server =>
            {
                server.When("report").Calls("write_report", new { pages = 3 }).Says("The report is written.", Short);
                server.When("joke").Says("Knock, knock.", Short);
            },
            static async server =>
            {
                await using var call = await StartAsync(server);
                await SendAsync(server, call, "report");
                await SendAsync(server, call, "joke");
                await RespondAsync(server, call, Scheduling.WhenIdle);
            })
        {
            Setup = WithTools(Conversing.Model, "write_report"),
        },

        new("two-calls-in-one-message",
            static server => server.When("trip").Calls(new ScriptedCall("get_weather"), new ScriptedCall("get_time")).Says("Take a coat.", Short),
            static async server =>
            {
                await using var call = await StartAsync(server);
                await SendAsync(server, call, "trip");
                await RespondAsync(server, call, scheduling: null);
            })
        {
            Setup = WithTools(Conversing.BlockingModel, "get_weather", "get_time"),
        },

        new("extended-thinking",
            static server => server.When("riddle").Thinks("A riddle about time.").Thinks("It must be a clock.").Says("A clock.", Short).Reports(new UsageMetadata { ThoughtsTokenCount = 40, TotalTokenCount = 60 }),
            static server => AskAsync(server, "riddle"))
        {
            Setup = new LiveSetup { Model = "gemini-3.8-live-extended-thinking", OutputTranscription = true, Thinking = new ThinkingConfig { IncludeThoughts = true, ThinkingLevel = ThinkingLevel.Low } },
        },

        new("transcripts-out-of-order",
            static server =>
            {
                server.When("first").Says("One.", Short)
                    .SendsRaw("""{"serverContent":{"generationComplete":true}}""").SendsRaw("""{"serverContent":{"turnComplete":true}}""")
                    .SendsRaw("""{"serverContent":{"outputTranscription":{"text":" And a late word."}}}""").SendsRaw("""{"serverContent":{"inputTranscription":{"text":"first, heard late"}}}""").LeavesTurnOpen();
                server.When("second").Says("Two.", Short).Optional();
            },
            static server => AskAsync(server, "first")),

        new("unknown-messages",
            static server => server.When("future").SendsRaw("""{"brandNew":{"value":1},"serverContent":{"other":[{"a":null}]}}""").SendsRaw("{\n  \"serverContent\": {\n    \"modelTurn\": {\n      \"parts\": [\n        {\n          \"hologram\": \"é€😀\"\n        }\n      ]\n    }\n  }\n}\n").Says("It is here.", Short),
            static server => AskAsync(server, "future")),

        new("server-speaks-first",
            static server =>
            {
                server.WhenOpened().Says("Welcome.", Short);
                server.When("bye").Says("Bye.", Short);
            },
            static server => AskAsync(server, "bye")),

        new("manual-activity",
            static server => server.When(Heard.Speech()).Transcribes("stop it").Says("All right.", Short),
            static async server =>
            {
                await using var call = await StartAsync(server);
                await call.Session.SendActivityStartAsync(Conversing.Cancellation);
                await SpeakAsync(server, call, silence: TimeSpan.Zero);
                await call.Session.SendActivityEndAsync(Conversing.Cancellation);
                await server.QuietAsync(Conversing.Cancellation);
            })
        {
            Setup = new LiveSetup
            {
                Model = Conversing.Model, OutputTranscription = true, InputTranscription = true,
                RealtimeInput = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } },
            },
        },

        new("setup-is-refused",
            static _ => { },
            static async server =>
            {
                var client = server.CreateClient(static options => options.Preflight = PreflightMode.Off);
                var refused = await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(new LiveSetup { Model = Conversing.Model, Voice = "Nobody" }, Conversing.Cancellation));
                Assert.Equal(1007, refused.CloseCode);
                await server.QuietAsync(Conversing.Cancellation);
            }),
    ];

    internal static CorpusSession Find(string name) => Sessions.Single(session => session.Name == name);

    private static CorpusSession Current(LiveTestServer server) => Running.Of(server);

    // Without the random part of the time between two attempts.
    private static async Task<Conversing> StartAsync(LiveTestServer server)
    {
        var call = await Conversing.StartAsync(server, Current(server).Setup, static options => options.Resumption.FirstDelay = TimeSpan.Zero);
        await server.QuietAsync(Conversing.Cancellation);
        return call;
    }


    private static async Task AskAsync(LiveTestServer server, params string[] texts)
    {
        await using var call = await StartAsync(server);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Conversing.Cancellation);
        foreach (var text in texts)
            await SendAsync(server, call, text);
    }

    private static async Task SendAsync(LiveTestServer server, Conversing call, string text)
    {
        await call.Session.SendTextAsync(text, Conversing.Cancellation);
        await server.QuietAsync(Conversing.Cancellation);
        // A client waits before it connects again.
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(20), Conversing.Cancellation);
        if (call.Session.IsReconnecting)
            await server.AdvanceAsync(TimeSpan.FromSeconds(30), Conversing.Cancellation);
    }

    private static async Task SpeakAsync(LiveTestServer server, Conversing call, TimeSpan? silence = null)
    {
        // One chunk at a time, so that it is known which one the server answers to.
        for (var at = 0; at < Speech.Samples.Length; at += 1_600)
        {
            await call.Session.SendAudioAsync(Pcm.ToBytes(Speech.Samples.Slice(at, 1_600).Span), cancellationToken: Conversing.Cancellation);
            await server.QuietAsync(Conversing.Cancellation);
        }
        if (silence != TimeSpan.Zero)
            await call.Session.SendAudioStreamEndAsync(Conversing.Cancellation);
        await server.QuietAsync(Conversing.Cancellation);
        await server.AdvanceAsync(TimeSpan.FromMilliseconds(100), Conversing.Cancellation);
    }

    private static async Task RespondAsync(LiveTestServer server, Conversing call, Scheduling? scheduling)
    {
        var calls = call.Updates.OfType<ToolCallUpdate>().SelectMany(static update => update.Calls).ToList();
        await call.Session.SendToolResponsesAsync(
            [.. calls.Select(function => new FunctionResponse { Id = function.Id, Name = function.Name, Response = System.Text.Json.JsonElement.Parse("""{"output":"ok"}"""), Scheduling = scheduling })],
            Conversing.Cancellation);
        await server.QuietAsync(Conversing.Cancellation);
    }

    private static LiveSetup WithTools(string model, params string[] names) => new()
    {
        Model = model, OutputTranscription = true, AutomaticTools = false, Tools = [.. names.Select(static name => (LiveTool)AIFunctionFactory.Create(static () => "ok", name))],
    };

    private static Task Cut(LiveTestServer server)
    {
        server.CutConnections();
        return Task.CompletedTask;
    }
}

/// <summary>Which session a server runs.</summary>
internal static class Running
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<LiveTestServer, CorpusSession> Sessions = [];

    internal static void Begin(LiveTestServer server, CorpusSession session) => Sessions.Add(server, session);

    internal static CorpusSession Of(LiveTestServer server) => Sessions.TryGetValue(server, out var session) ? session : throw new InvalidOperationException("The server runs no session of the corpus.");
}
