using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Cascade.Answering;
using Parley.Protocol;
using Parley.Server;
using Parley.Speech;

namespace Parley.Cascade;

/// <summary>
/// Loads engines and compiles code before the first user speaks: a session that nobody hears types a greeting, interrupts the answer with
/// spoken words, and gets an answer to them. It is logged and measured nowhere. <c>/readyz</c> waits for it, but sessions are accepted
/// before. A chat model elsewhere is not asked, because it may be paid by the token.
/// </summary>
internal sealed partial class CascadeWarmUp(TimeProvider timeProvider, ILogger<CascadeModel> logger) : IDisposable
{
    private const string Greeting = "hello";
    private const string Spoken = "hello, can you hear me";
    private const int ChunkSamples = 320;

    // A chat model that is loaded from disk may need that long. After it the server is as ready as it will be.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // If the detector finds no speech in what the synthesizer says, no turn ends; then only the recognizer is not warm.
    private static readonly TimeSpan PatienceForSpeech = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>State for the health page.</summary>
    internal string State { get; private set; } = "not needed";

    /// <summary>False while engines are loading.</summary>
    internal bool IsReady { get; private set; } = true;

    /// <summary>Whether there is anything to load; if so, the server is not ready until <see cref="Start"/> has done its work.</summary>
    internal bool Prepare(CascadeModel model)
    {
        var parts = model.Parts;
        if (!model.Options.WarmUp || (parts.Recognizer is null && parts.Synthesizer is ToneSynthesizer))
            return false;
        (IsReady, State) = (false, "loading");
        return true;
    }

    /// <summary>Starts in the background.</summary>
    internal void Start(CascadeModel model) => _running = Task.Run(() => RunAsync(model));

    internal async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(CascadeModel model)
    {
        var started = timeProvider.GetTimestamp();
        string? problem = null;
        try
        {
            using var late = new CancellationTokenSource(Patience, timeProvider);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stop.Token);
            await TalkAsync(model, stop.Token).WaitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever fails here fails again in the first session, which reports it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            problem = LogText.Clean(exception.Message);
        }
        var elapsed = timeProvider.GetElapsedTime(started);
        if (problem is null)
            Log.Warm(logger, Math.Round(elapsed.TotalMilliseconds));
        else
            Log.Failed(logger, problem);
        (IsReady, State) = (true, problem is null ? $"ready after {elapsed.TotalSeconds:0.0} s" : $"failed: {problem}");
    }

    private async Task TalkAsync(CascadeModel served, CancellationToken cancellationToken)
    {
        var parts = served.Parts with { FallbackChatModel = null };
        if (!LocalChatModel.Is(parts.ChatModel))
            parts = parts with { ChatModel = new Greeter() };
        using var meters = new NoMeters();
        var model = new CascadeModel(parts, served.Options, timeProvider, NullLogger<CascadeModel>.Instance, meters);
        var words = await SayAsync(parts.Synthesizer, cancellationToken).ConfigureAwait(false);
        var output = new Output();
        var start = new LiveModelStart
        {
            SessionId = "warm-up",
            ConnectionId = "warm-up",
            Setup = new Setup { Model = "models/warm-up", InputAudioTranscription = new(), OutputAudioTranscription = new() },
            Profile = LiveModelProfiles.Unknown,
        };
        var session = await model.StartAsync(start, output, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            Hear(session, new short[ChunkSamples]);
            session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = Greeting } });
            await output.Audio.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            var ended = output.NextTurn();
            Hear(session, words);
            Hear(session, new short[2 * PcmFormat.Hz16000.SampleRateHz]);
            await Task.WhenAny(ended, Task.Delay(PatienceForSpeech, timeProvider, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task<short[]> SayAsync(ISpeechSynthesizer synthesizer, CancellationToken cancellationToken)
    {
        var resampler = new Resampler(PcmFormat.Hz24000.SampleRateHz, PcmFormat.Hz16000.SampleRateHz);
        List<short> sound = [];
        await foreach (var pcm in synthesizer.SpeakAsync(Spoken, VoiceCatalog.Default, cancellationToken).ConfigureAwait(false))
        {
            var samples = new short[resampler.MaxOutputSamples(pcm.Length / sizeof(short))];
            sound.AddRange(samples.AsSpan(0, resampler.Process(pcm.Span, samples)));
        }
        return [.. sound];
    }

    private static void Hear(ILiveModelSession session, short[] sound)
    {
        foreach (var chunk in sound.Chunk(ChunkSamples))
            session.ReceiveAudio(Pcm.ToBytes(chunk), PcmFormat.Hz16000.SampleRateHz);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.WarmedUp, LogLevel.Information, "Speech engines warm after {Milliseconds} ms; ready")]
        public static partial void Warm(ILogger logger, double milliseconds);

        [LoggerMessage(EventIds.WarmUpFailed, LogLevel.Warning, "Warm-up failed; the first answers may be late: {Problem}")]
        public static partial void Failed(ILogger logger, string problem);
    }

    /// <summary>Takes the place of a chat model that is not asked.</summary>
    private sealed class Greeter : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Greeting)));

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            yield return new ChatResponseUpdate(ChatRole.Assistant, Greeting + ".");
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    /// <summary>Hears the answers, and nothing else does.</summary>
    private sealed class Output : ILiveModelOutput
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource? _turn;
        private bool _interrupted;

        internal TaskCompletionSource Audio { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The end of the next turn that is not interrupted.</summary>
        internal Task NextTurn()
        {
            lock (_gate)
                return (_turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        public void Send(LiveSessionResponse message)
        {
            lock (_gate)
            {
                if (message.ServerContent?.Interrupted is true)
                    _interrupted = true;
                if (message.ServerContent?.TurnComplete is not true)
                    return;
                Audio.TrySetResult();
                if (!_interrupted)
                    _turn?.TrySetResult();
                _interrupted = false;
            }
        }

        public void Send(WireMessage message)
        {
        }

        public void SendMedia(in LiveMedia media) => Audio.TrySetResult();

        public void CancelMedia(int generation)
        {
        }

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Checkpoint(object? state)
        {
        }

        public void Close(LiveClose close)
        {
            Audio.TrySetResult();
            lock (_gate)
                _turn?.TrySetResult();
        }
    }

    /// <summary>Meters of a name that nobody collects.</summary>
    private sealed class NoMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(CascadeTelemetry.Name + ".WarmUp");
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(static meter => meter.Dispose());
    }
}
