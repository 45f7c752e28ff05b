using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.Protocol;
using Parley.Server;
using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>
/// One session of the cascade with a tone synthesizer, a manual clock and a recording output. The clock moves with the audio: a second of
/// speech or silence is a second of the session.
/// </summary>
internal sealed class CascadeRig : IAsyncDisposable
{
    private const int Rate = 16_000;

    private CascadeRig(ILiveModelSession session, RecordingOutput output, ManualClock time, LogRecorder log)
    {
        Session = session;
        Output = output;
        Time = time;
        Log = log;
    }

    internal ILiveModelSession Session { get; }

    internal RecordingOutput Output { get; }

    internal ManualClock Time { get; }

    internal LogRecorder Log { get; }

    internal ISpeechRecognizer? Recognizer { get; private init; }

    internal static Task<CascadeRig> StartAsync(
        IChatClient chatModel, Setup? setup = null, CascadeOptions? options = null, LiveModelProfile? profile = null, object? resumeFrom = null) =>
        StartAsync(new CascadeParts { ChatModel = chatModel, Synthesizer = new ToneSynthesizer() }, setup, options, profile, resumeFrom);

    internal static async Task<CascadeRig> StartAsync(
        CascadeParts parts, Setup? setup = null, CascadeOptions? options = null, LiveModelProfile? profile = null, object? resumeFrom = null,
        bool? stablePartials = false)
    {
        var time = new ManualClock();
        var output = new RecordingOutput();
        var log = new LogRecorder();
        options ??= new CascadeOptions { AudioLead = TimeSpan.FromHours(1) };
        // Every hypothesis is seen at once, so that a test can wait for it.
        options.StablePartials = stablePartials;
        var model = new CascadeModel(parts, options, time, new LoggerFactory([log]).CreateLogger<CascadeModel>());
        var session = await model.StartAsync(
            new LiveModelStart
            {
                SessionId = "s1",
                ConnectionId = "c1",
                Setup = setup ?? Transcribed(),
                Profile = profile ?? new LiveModelProfile { Name = "test" },
                ResumeFrom = resumeFrom,
            },
            output,
            CancellationToken.None);
        output.Session = session;
        return new CascadeRig(session, output, time, log) { Recognizer = parts.Recognizer };
    }

    /// <summary>A setup that asks for both transcriptions.</summary>
    internal static Setup Transcribed() => new()
    {
        Model = "models/gemini-test", OutputAudioTranscription = new AudioTranscriptionConfig(), InputAudioTranscription = new AudioTranscriptionConfig(),
    };

    internal void SayText(string text) => Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = text } });

    /// <summary>Sends a buzz that the energy detector detects as speech.</summary>
    internal void Speak(TimeSpan duration, int rateHz = Rate) => Hear(Buzz(duration, rateHz), rateHz);

    internal void Speak(double seconds) => Speak(TimeSpan.FromSeconds(seconds));

    internal void BeSilent(TimeSpan duration, int rateHz = Rate) => Hear(new short[PcmSamples(duration, rateHz)], rateHz);

    internal void BeSilent(double seconds) => BeSilent(TimeSpan.FromSeconds(seconds));

    /// <summary>Sends audio in chunks of 20 ms, each arriving at the time of its last sample.</summary>
    internal void Hear(short[] pcm, int rateHz = Rate)
    {
        foreach (var chunk in pcm.Chunk(rateHz / 50))
        {
            Time.Advance(TimeSpan.FromSeconds((double)chunk.Length / rateHz));
            Session.ReceiveAudio(Pcm.ToBytes(chunk), rateHz);
        }
    }

    internal Task<string> ExpectAsync(string said) =>
        Output.Said.FirstAsync(one => one == said, said, TestContext.Current.CancellationToken);

    internal Task<string> NextAsync(string said) => Output.Said.NextAsync(one => one == said, said, TestContext.Current.CancellationToken);

    /// <summary>The values of the log line of a turn.</summary>
    internal async Task<IReadOnlyDictionary<string, object?>> TurnAsync(int number)
    {
        var entry = await Log.FirstAsync(
            entry => entry.EventId.Id == EventIds.TurnEnded && Equals(
                entry.Values.First(value => value.Key.Equals("Turn", StringComparison.OrdinalIgnoreCase)).Value, number),
            $"the log line of turn {number}", TestContext.Current.CancellationToken);
        return entry.Values.ToDictionary(value => value.Key, value => value.Value, StringComparer.OrdinalIgnoreCase);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        Log.ThrowIfUnexpectedErrors();
    }

    internal static short[] Buzz(TimeSpan duration, int rateHz = Rate)
    {
        var pcm = new short[PcmSamples(duration, rateHz)];
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = (short)(12_000 * Math.Sin(i * 2 * Math.PI * 220 / rateHz) * (0.6 + (0.4 * Math.Sin(i * 2 * Math.PI * 4 / rateHz))));
        return pcm;
    }

    private static int PcmSamples(TimeSpan duration, int rateHz) => (int)(duration.TotalSeconds * rateHz);
}

/// <summary>A manual clock that records every timer created on it.</summary>
internal sealed class ManualClock : FakeTimeProvider
{
    internal EventLog<TimeSpan> Timers { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Timers.Add(dueTime);
        return timer;
    }
}
