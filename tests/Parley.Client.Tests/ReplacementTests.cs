using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;

namespace Parley.Client.Tests;

/// <summary>
/// What an application developer can do without this project's internals: replace client and session, and create everything they return.
/// </summary>
public class ReplacementTests
{
    private const string Answer = """{"serverContent":{"modelTurn":{"parts":[{"text":"It is sunny."}]},"generationComplete":true,"turnComplete":true}}""";

    private static readonly SessionEnd NormalEnd = new(EndCause.Completed, 1000, "");

    [Fact]
    public async Task An_application_runs_on_a_replaced_session()
    {
        var session = new FakeSession([.. LiveClientModelFactory.Updates(Answer), new SessionEndedUpdate(NormalEnd)]);

        var answer = await new WeatherAssistant(new FakeClient(session)).AskAsync("How is the weather?");

        Assert.Equal("It is sunny.", answer);
        Assert.Equal("How is the weather?", session.Sent.Single().RealtimeInput!.Text);
        Assert.True(session.IsClosed);
    }

    [Fact]
    public async Task An_application_gets_a_replaced_client_from_its_container()
    {
        var session = new FakeSession([.. LiveClientModelFactory.Updates(Answer)]);
        var services = new ServiceCollection();
        services.AddLiveClient(static options => options.ApiKey = "key");
        services.AddSingleton<LiveClient>(new FakeClient(session));
        services.AddSingleton<WeatherAssistant>();
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("It is sunny.", await provider.GetRequiredService<WeatherAssistant>().AskAsync("How is the weather?"));
    }

    [Fact]
    public async Task Every_verb_of_a_session_reaches_the_two_that_a_double_overrides()
    {
        var session = new FakeSession([]);

        await session.SendTextAsync("a");
        await session.SendContentAsync("b");
        await session.SendVideoAsync(new byte[] { 1 });
        await session.SendActivityStartAsync();
        await session.SendActivityEndAsync();
        await session.SendAudioStreamEndAsync();
        await session.SendToolResponsesAsync([new FunctionResponse { Id = "1" }]);
        await session.SendContextUpdateAsync("Be brief.");
        await session.SendAudioAsync(new MemoryStream(new byte[640]), pacing: AudioPacing.AsFastAsPossible);

        Assert.Equal(8, session.Sent.Count);
        Assert.Equal(640, session.AudioBytes);
    }

    [Fact]
    public async Task The_audio_of_a_replaced_session_goes_to_a_sink_and_to_playback()
    {
        var session = new FakeSession([new AudioUpdate(new byte[] { 1, 0 }, 24_000), new SessionEndedUpdate(NormalEnd)]);
        var sink = new CountingSink();

        Assert.Single(await session.ReadAllAsync(sink).ToListAsync());
        Assert.Equal(2, sink.Bytes);
        await using var call = session.WithAudio(microphone: null, playback: null);
        Assert.Equal(NormalEnd, await Expect.WithinAsync(call.RunAsync(), "the call ends"));
    }

    [Fact]
    public async Task Asking_a_replaced_session_returns_what_it_reads()
    {
        var session = new FakeSession(
        [
            new ToolCallUpdate([new FunctionCall { Id = "1", Name = "weather" }]), new TurnCompleteUpdate(null, null, null) { IsIdle = false },
            .. LiveClientModelFactory.Updates(Answer), new TextUpdate("another exchange"),
        ]);

        var answer = await Expect.WithinAsync(session.AskAsync("How is the weather?"), "the exchange ends");
        var spoken = await Expect.WithinAsync(session.AskAsync(new MemoryStream(new byte[640]), pacing: AudioPacing.AsFastAsPossible), "the exchange ends");

        Assert.Equal(("It is sunny.", "weather", 2), (answer.Text, answer.ToolCalls.Single().Name, answer.Turns));
        Assert.Equal("It is sunny.", spoken.Text);
        Assert.Equal((640, true), (session.AudioBytes, session.Sent[1].RealtimeInput!.AudioStreamEnd));
        Assert.Equal("Hi", (await new AnsweringSession().AskAsync("anything")).Text);
    }

    [Fact]
    public async Task A_member_that_is_not_overridden_says_so()
    {
        var bare = new BareSession();

        Assert.Contains("protected constructor", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await bare.SendTextAsync("a"))).Message, StringComparison.Ordinal);
        Assert.Contains("protected constructor", (await Assert.ThrowsAsync<InvalidOperationException>(() => new BareClient().ListModelsAsync())).Message, StringComparison.Ordinal);
        Assert.Equal(EndCause.ByClient, (await bare.CloseAsync()).Cause);
        Assert.Equal((TimeSpan.Zero, null, false), (bare.DroppedAudio, bare.ResumptionHandle, bare.IsReconnecting));
    }

    [Fact]
    public void Every_update_and_every_exception_can_be_created()
    {
        var hidden = typeof(LiveUpdate).Assembly.GetExportedTypes()
            .Where(static type => !type.IsAbstract && typeof(LiveUpdate).IsAssignableFrom(type) && type.GetConstructors().Length == 0);
        var update = LiveClientModelFactory.InTurn(new TextUpdate("Hi"), 3);
        var end = new SessionEnd(EndCause.Quota, 1011, "You exceeded your current quota") { Advice = RetryAdvice.WaitAMinute };
        var finding = new PreflightFinding(PreflightSeverity.Refused, "setup.labels", "No labels.", "Leave them out.", "next");

        Assert.Empty(hidden);
        Assert.Equal(3, update.Turn);
        Assert.Same(end, LiveClientModelFactory.SessionException(end).End);
        Assert.Equal(429, (int?)LiveClientModelFactory.ConnectException(EndCause.Quota, statusCode: System.Net.HttpStatusCode.TooManyRequests).StatusCode);
        Assert.Equal("gone", LiveClientModelFactory.RequestException(EndCause.Unavailable, reason: "gone").Reason);
        Assert.Same(finding, LiveClientModelFactory.PreflightException(finding).Findings.Single());
        Assert.IsType<UnreadableMessageUpdate>(LiveClientModelFactory.Updates("not JSON").Single());
    }

    private sealed class WeatherAssistant(LiveClient client)
    {
        internal async Task<string> AskAsync(string question)
        {
            await using var session = await client.ConnectAsync(new LiveSetup { Model = "gemini-3.8-live" });
            await session.SendTextAsync(question);
            var answer = "";
            await foreach (var update in session.ReadAllAsync())
            {
                if (update is TextUpdate text)
                    answer += text.Text;
                if (update is TurnCompleteUpdate)
                    break;
            }
            return answer;
        }
    }

    private sealed class FakeClient(LiveSession session) : LiveClient
    {
        public override Task<LiveSession> ConnectAsync(LiveSetup setup, CancellationToken cancellationToken = default) => Task.FromResult(session);
    }

    private sealed class FakeSession(IReadOnlyList<LiveUpdate> updates) : LiveSession
    {
        internal List<LiveSessionRequest> Sent { get; } = [];

        internal int AudioBytes { get; private set; }

        internal bool IsClosed { get; private set; }

        public override ValueTask SendRawAsync(LiveSessionRequest message, CancellationToken cancellationToken = default)
        {
            Sent.Add(message);
            return ValueTask.CompletedTask;
        }

        public override ValueTask SendAudioAsync(
            ReadOnlyMemory<byte> pcm, int rateHz = AudioFormat.InputRateHz, CancellationToken cancellationToken = default)
        {
            AudioBytes += pcm.Length;
            return ValueTask.CompletedTask;
        }

        public override IAsyncEnumerable<LiveUpdate> ReadAllAsync(CancellationToken cancellationToken = default) => updates.ToAsyncEnumerable();

        public override Task<SessionEnd> CloseAsync()
        {
            IsClosed = true;
            return Task.FromResult(NormalEnd);
        }
    }

    private sealed class AnsweringSession : LiveSession
    {
        public override Task<LiveAnswer> AskAsync(string text, CancellationToken cancellationToken = default) => Task.FromResult(new LiveAnswer { Text = "Hi" });
    }

    private sealed class BareSession : LiveSession;

    private sealed class BareClient : LiveClient;

    private sealed class CountingSink : IAudioSink
    {
        internal int Bytes { get; private set; }

        public void Write(ReadOnlySpan<byte> pcm, int rateHz) => Bytes += pcm.Length;
    }
}
