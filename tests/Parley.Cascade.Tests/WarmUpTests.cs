using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>The turn that nobody hears, before the server is ready.</summary>
public sealed class WarmUpTests : IDisposable
{
    private readonly LogRecorder _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task The_server_is_ready_after_a_typed_and_a_spoken_turn_that_leave_no_trace()
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        var chatModel = StubChatModel.Saying("Hello.");
        var synthesizer = new FakeSynthesizer();
        var model = Model(recognizer, synthesizer, chatModel);
        using var warmUp = WarmUp();

        Assert.True(warmUp.Prepare(model));
        Assert.False(warmUp.IsReady);
        warmUp.Start(model);
        await _log.FirstAsync(entry => entry.EventId.Id == EventIds.WarmedUp, "the end of the warm-up", TestContext.Current.CancellationToken);
        await warmUp.StopAsync();

        Assert.True(warmUp.IsReady);
        Assert.StartsWith("ready after", warmUp.State, StringComparison.Ordinal);
        // The engines were used, the chat model, which may be paid, was not, and no turn was logged.
        Assert.Single(recognizer.Utterances.Snapshot);
        Assert.Contains(synthesizer.Asked, asked => asked.Sentence == "hello.");
        Assert.Empty(chatModel.Asked);
        Assert.DoesNotContain(_log.Entries, entry => entry.EventId.Id == EventIds.TurnEnded);
    }

    [Fact]
    public void Nothing_is_warmed_up_without_engines_or_if_the_option_says_so()
    {
        var tones = new CascadeModel(
            new CascadeParts { ChatModel = StubChatModel.Saying(), Synthesizer = new ToneSynthesizer() }, new CascadeOptions(), TimeProvider.System, Logger());
        using var idle = WarmUp();
        Assert.False(idle.Prepare(tones));
        var off = Model(FakeRecognizer.Hearing("hello"), new FakeSynthesizer(), StubChatModel.Saying(), new CascadeOptions { WarmUp = false });
        using var warmUp = WarmUp();
        Assert.False(warmUp.Prepare(off));
        Assert.True(warmUp.IsReady);
    }

    [Fact]
    public async Task A_failed_warm_up_is_logged_and_the_server_is_ready()
    {
        var synthesizer = new FakeSynthesizer((_, _, _) => throw new SpeechEngineException("No voice."));
        var model = Model(FakeRecognizer.Hearing("hello"), synthesizer, StubChatModel.Saying());
        using var warmUp = WarmUp();
        Assert.True(warmUp.Prepare(model));
        warmUp.Start(model);
        var entry = await _log.FirstAsync(entry => entry.EventId.Id == EventIds.WarmUpFailed, "the failure", TestContext.Current.CancellationToken);
        await warmUp.StopAsync();

        Assert.Contains("No voice.", entry.Message, StringComparison.Ordinal);
        Assert.True(warmUp.IsReady);
    }

    private CascadeWarmUp WarmUp() => new(TimeProvider.System, Logger());

    private ILogger<CascadeModel> Logger() => new LoggerFactory([_log]).CreateLogger<CascadeModel>();

    private CascadeModel Model(ISpeechRecognizer recognizer, ISpeechSynthesizer synthesizer, IChatClient chatModel, CascadeOptions? options = null) =>
        new(
            new CascadeParts { ChatModel = chatModel, Synthesizer = synthesizer, Recognizer = recognizer, Detectors = new Loud() },
            options ?? new CascadeOptions(), TimeProvider.System, Logger());

    /// <summary>Takes everything that is not silence for speech.</summary>
    private sealed class Loud : IVoiceActivityDetectors
    {
        public string Name => "loud";

        public IVoiceActivityDetector Create() => new Detector();

        private sealed class Detector : IVoiceActivityDetector
        {
            public int WindowSamples => 320;

            public float Process(ReadOnlySpan<short> window) => window.ContainsAnyExcept((short)0) ? 1 : 0;

            public void Reset()
            {
            }

            public void Dispose()
            {
            }
        }
    }
}
