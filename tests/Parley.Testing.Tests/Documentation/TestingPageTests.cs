#pragma warning disable xUnit1051 // As on the page, without cancellation.
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Testing.Tests.Phone;

namespace Parley.Testing.Tests.Documentation;

/// <summary>The snippets of docs/testing.md.</summary>
public sealed class TestingPageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task First_test_calls_a_function()
    {
        await using var server = await LiveTestServer.StartAsync();
        server.When("lamp").Calls("set_lamp", new { room = "kitchen" }).Says("Done.");

        var concierge = new Concierge(server.CreateClient());       // your code
        await concierge.AskAsync("Turn on the lamp");

        Assert.Equal("set_lamp", server.Journal.ToolResponses.Single().Name);
        server.Verify();                                            // every rule was used, nothing unexpected came
    }

    [Fact]
    public async Task Rules_answer_texts_and_recordings()
    {
        using var folder = new Folder();
        var goodbye = folder.PathOf("goodbye.wav");
        Sound.Speech("Goodbye.").Save(goodbye);
        await using var server = await LiveTestServer.StartAsync();

        server.When(Heard.Text("weather"))
            .Calls("get_weather", new { city = "Rome" }, response => response.GetProperty("result").GetString() == "sunny")
            .Says("It is sunny.");
        server.When(Heard.Recording(goodbye)).Says("See you.");
        server.When(Heard.Speech(min: TimeSpan.FromSeconds(2)) & !Heard.Picture()).Says("That was long.").Once();
        server.When(Heard.Anything).Echoes().Optional();
        server.WhenOpened().Says("Welcome.");

        await using var call = await Conversing.StartAsync(server, new LiveSetup
        {
            Model = Conversing.Model, OutputTranscription = true, Tools = [AIFunctionFactory.Create(static (string city) => "sunny", "get_weather")],
        });
        await call.TurnsAsync(1);
        await Sounds.SendAsync(call.Session, Sound.Speech("Goodbye."), 1_280, gain: 1);
        await call.TurnsAsync(2);
        await Sounds.SendAsync(call.Session, Sound.Speech("This is a longer sentence.", TimeSpan.FromSeconds(3)), 1_280, gain: 1);
        await call.TurnsAsync(3);
        await call.Session.SendTextAsync("How is the weather?", Cancellation);
        await call.FirstAsync<OutputTranscriptUpdate>(static update => update.Text.Contains("sunny", StringComparison.Ordinal));

        Assert.Equal("Welcome.See you.That was long.It is sunny.", call.Said);
        server.Verify();
    }

    [Fact]
    public async Task Answer_in_real_time_lasts_as_long_as_it_is_spoken()
    {
        await using var server = await LiveTestServer.StartAsync();

        server.When("story").Says("Once upon a time …", SpokenReply.RealTime);

        var asking = new Concierge(server.CreateClient()).AskAsync("Tell me a story");
        await server.QuietAsync();
        Assert.False(asking.IsCompleted);
        await server.AdvanceAsync(TimeSpan.FromSeconds(5));
        await asking;
    }

    [Fact]
    public async Task Hour_has_seven_connections()
    {
        await using var server = await LiveTestServer.StartAsync();
        server.When(Heard.Anything).Says("Certainly.");
        var concierge = new Concierge(server.CreateClient());
        await concierge.AskAsync("Are you there?");

        await server.AdvanceAsync(TimeSpan.FromMinutes(60));

        Assert.Equal(7, server.Journal.Connections);                // six times goAway, six resumed connections
        await concierge.DisposeAsync();
    }

    [Fact]
    public async Task Assertions_hold()
    {
        await using var server = await LiveTestServer.StartAsync();
        await SwitchLampAsync(server);

        server.Journal.VerifyOrder("user: \"Turn on the lamp\"", "calls set_lamp*kitchen", "model: \"It is on.\"");
        server.Journal.VerifyNone("interrupted");
        server.Journal.VerifyWithin(TimeSpan.FromMilliseconds(500), "user:", "model:");
        server.Journal.VerifyToolResponse("set_lamp", """{ "room": "kitchen", "on": true }""");
        server.Journal.VerifySetup("""{ "tools": [{ "functionDeclarations": [{ "name": "set_lamp" }] }] }""");
        server.Journal.VerifySnapshot();                            // the timeline, in a file beside the test
    }

    [Fact]
    public async Task Timeline_of_the_page_is_what_comes()
    {
        await using var server = await LiveTestServer.StartAsync();
        await SwitchLampAsync(server);

        Assert.Contains(string.Join('\n', server.Journal.Timeline), string.Join('\n', SnippetTests.Snippets("testing.md", "text")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Playback_is_measured_and_saved()
    {
        using var folder = new Folder();
        var file = folder.PathOf("call.wav");
        await using var server = await LiveTestServer.StartAsync();
        await SwitchLampAsync(server);

        var playback = server.Journal.Playback;
        Assert.True(playback.LongestGap < TimeSpan.FromMilliseconds(200));
        Assert.True(playback.Turns[0].TimeToFirstAudio < TimeSpan.FromSeconds(1));
        playback.Audio.Save(file);                                  // everything that was heard, with the silence in between

        Assert.InRange(new FileInfo(file).Length, 0.9 * 48_000, 3 * 48_000);
    }

    [Fact]
    public async Task Faults_happen_and_the_client_recovers()
    {
        await using var server = await LiveTestServer.StartAsync();
        server.When("lamp").Says("Done.");
        var concierge = new Concierge(server.CreateClient());

        server.Faults.At(FaultPoint.FirstAudio).Cuts();
        server.Faults.At(FaultPoint.Connect).OnConnection(2).RefusesHttp(503);
        server.Faults.At(FaultPoint.TurnComplete).Occurrence(2).Optional().Closes(1011, "Internal error encountered.");

        var asking = concierge.AskAsync("Turn on the lamp");
        await server.AdvanceAsync(TimeSpan.FromMinutes(1));         // the client waits before it connects again
        await asking;

        server.Verify();                                            // a fault that did not happen fails, as an unused rule does
    }

    [Fact]
    public async Task Fault_is_read_from_data_as_on_the_page()
    {
        await using var server = await LiveTestServer.StartAsync();
        const string json = """{"point":"midAnswer","chunks":3,"action":"close","code":1011}""";

        server.Faults.Add(FaultDescription.Parse(json));

        Assert.Single(server.Faults.All);
        Assert.Contains(json, await File.ReadAllTextAsync(SnippetTests.PathOf("docs/testing.md"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_stands_in_front_of_another_server()
    {
        const string key = "a-key";

        await using var proxy = await FaultProxy.StartAsync(new Uri("wss://generativelanguage.googleapis.com"));
        proxy.Faults.At(FaultPoint.TurnComplete).Cuts();
        var client = LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = proxy.BaseAddress });

        Assert.True(proxy.BaseAddress.IsLoopback);
        Assert.NotNull(client);
    }

    [Fact]
    public async Task Server_ends_connections_by_itself()
    {
        await using var server = await LiveTestServer.StartAsync();

        server.CutConnections();                                    // as a lost network does
        server.When("crash").Says("I am").Closes(1011, "Internal error encountered.");
        server.When("leave").GoesAway(TimeSpan.FromSeconds(10)).Waits(TimeSpan.FromSeconds(10)).Closes(1008);

        await using var session = await server.CreateClient(static options => options.Resumption.Enabled = false).ConnectAsync(new LiveSetup { Model = Conversing.Model }, Cancellation);
        await session.SendTextAsync("crash", Cancellation);
        Assert.Equal(1011, (await session.Completion).CloseCode);
    }

    [Fact]
    public async Task Quirks_are_switched_on()
    {
        await using var server = await LiveTestServer.StartAsync();

        server.Quirks.Enable(Quirk.OddAudioParts, Quirk.LateTranscripts);

        Assert.Equal([Quirk.OddAudioParts, Quirk.LateTranscripts], server.Quirks.Enabled);
    }

    [Fact]
    public async Task Numbers_of_the_page_are_those_of_the_code()
    {
        var page = await File.ReadAllTextAsync(SnippetTests.PathOf("docs/testing.md"), Cancellation);

        Assert.Contains($"are {Quirk.All.Count} such habits", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_option_of_a_server_is_in_the_table()
    {
        var page = await File.ReadAllTextAsync(SnippetTests.PathOf("docs/testing.md"), Cancellation);

        Assert.All(
            typeof(LiveTestServerOptions).GetProperties().Where(static option => option.Name != nameof(LiveTestServerOptions.Cassette)),
            option => Assert.Matches($@"\n\| [^|]*`{option.Name}`", page));
    }

    [Fact]
    public async Task Test_of_a_shared_server_has_its_own_script()
    {
        await using var server = await LiveTestServer.StartAsync();

        await using var test = server.AddTest("turns on the lamp");
        test.When("lamp").Says("Done.");
        var concierge = new Concierge(test.CreateClient());         // or any client with test.ApiKey

        Assert.Equal("Done.", await concierge.AskAsync("lamp"));
        test.Verify();
    }

    [Fact]
    public async Task Fakes_need_no_server()
    {
        var session = new FakeLiveSession().Answers("It is sunny.");
        var answer = await new Concierge(new FakeLiveClient(session)).AskAsync("How is the weather?");

        Assert.Equal(["How is the weather?"], session.SentTexts);
        Assert.Equal("It is sunny.", answer);
    }

    [Fact]
    public async Task Virtual_caller_hears_an_answer()
    {
        using var folder = new Folder();
        var file = folder.PathOf("call.wav");

        var clock = new TestClock();
        await using var host = await InMemoryHost.StartAsync(AddPhone, MapPhone, clock);                // your server
        clock.Settle(host.QuietAsync);
        await using var caller = await VirtualCaller.CallAsync(host.WebSocketUri("/stream"), options =>
        {
            (options.Dialect, options.TimeProvider, options.Invoker) = (CallerDialect.Telnyx, clock, host.Invoker);
            (options.From, options.To) = ("+4930123456", "+15550100");
            options.Parameters.Add("tenant", "7");
        });

        var said = caller.SayAsync(Sound.Speech("What time is it?"));
        await clock.AdvanceUntilAsync(caller.FirstAsync(CallerEventKind.SoundEnded), TimeSpan.FromMilliseconds(20));

        Assert.True(await said);
        Assert.Empty(caller.Problems);                              // the carrier would have understood every message
        var asked = await caller.FirstAsync(CallerEventKind.SpeechEnded);
        Assert.True(caller.SoundAfter(asked.At) - asked.At < TimeSpan.FromSeconds(1));
        caller.Heard.Save(file);

        Assert.Equal(TimeSpan.FromMilliseconds(400), (await caller.FirstAsync(CallerEventKind.SoundEnded)).Length);
        Assert.Equal(caller.Heard.Samples.ToArray(), Parley.Audio.WavFile.Load(file).Samples.ToArray());
    }

    private static void AddPhone(WebApplicationBuilder builder)
    {
    }

    private static void MapPhone(WebApplication app) => AnsweringGateway.Map(app);

    private static async Task SwitchLampAsync(LiveTestServer server)
    {
        server.When("lamp").Waits(TimeSpan.FromMilliseconds(300)).Calls("set_lamp", new { room = "kitchen" }).Says("It is on.");
        var tool = AIFunctionFactory.Create(static (string room) => new { room, on = true }, "set_lamp");
        await using var session = await server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.BlockingModel, OutputTranscription = true, Tools = [tool] }, Cancellation);
        var asking = session.AskAsync("Turn on the lamp", Cancellation);
        await server.QuietAsync(Cancellation);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);
        await asking;
        await session.CloseAsync();
    }

    /// <summary>Code under test.</summary>
    private sealed class Concierge(LiveClient client) : IAsyncDisposable
    {
        private LiveSession? _session;

        public async ValueTask DisposeAsync() => await (_session?.DisposeAsync() ?? default);

        internal async Task<string> AskAsync(string question)
        {
            _session ??= await client.ConnectAsync(
                new LiveSetup
                {
                    Model = Conversing.Model,
                    OutputTranscription = true,
                    ContextWindowCompression = new() { SlidingWindow = new() },
                    Tools = [AIFunctionFactory.Create(static (string room) => $"{room} is on", "set_lamp")],
                },
                Cancellation);
            return (await _session.AskAsync(question, Cancellation)).Text;
        }
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-");

        public void Dispose() => _folder.Delete(recursive: true);

        internal string PathOf(string name) => Path.Combine(_folder.FullName, name);
    }
}
