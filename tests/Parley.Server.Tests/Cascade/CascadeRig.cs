using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Parley.Protocol;
using Parley.Server.Cascade;
using Parley.Speech;
using Parley.TestKit;

namespace Parley.Server.Tests.Cascade;

/// <summary>One session of the cascade with tones for a voice, a clock moved by hand, and a recording output.</summary>
internal sealed class CascadeRig : IAsyncDisposable
{
    private CascadeRig(ILiveModelSession session, RecordingOutput output, HandClock time)
    {
        Session = session;
        Output = output;
        Time = time;
    }

    internal ILiveModelSession Session { get; }

    internal RecordingOutput Output { get; }

    internal HandClock Time { get; }

    internal static async Task<CascadeRig> StartAsync(
        IChatClient brain, Setup? setup = null, CascadeOptions? options = null, ModelProfile? profile = null, object? resumeFrom = null)
    {
        var time = new HandClock();
        var output = new RecordingOutput();
        var model = new CascadeModel(brain, new ToneSynthesizer(), options ?? new CascadeOptions { AudioLead = TimeSpan.FromHours(1) }, time, NullLogger<CascadeModel>.Instance);
        var session = await model.StartAsync(
            new LiveModelStart
            {
                SessionId = "s1",
                ConnectionId = "c1",
                Setup = setup ?? new Setup { Model = "models/gemini-test", OutputAudioTranscription = new AudioTranscriptionConfig(), InputAudioTranscription = new AudioTranscriptionConfig() },
                Profile = profile ?? new ModelProfile { Name = "test" },
                ResumeFrom = resumeFrom,
            },
            output,
            CancellationToken.None);
        output.Session = session;
        return new CascadeRig(session, output, time);
    }

    internal void SayText(string text) => Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = text } });

    internal void Speak(TimeSpan duration, int rateHz = 16_000)
    {
        var pcm = new short[PcmSamples(duration, rateHz)];
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = (short)(12_000 * Math.Sin(i * 2 * Math.PI * 220 / rateHz) * (0.6 + (0.4 * Math.Sin(i * 2 * Math.PI * 4 / rateHz))));
        Hear(pcm, rateHz);
    }

    internal void BeSilent(TimeSpan duration, int rateHz = 16_000) => Hear(new short[PcmSamples(duration, rateHz)], rateHz);

    internal Task<string> ExpectAsync(string said) => Output.Said.FirstAsync(one => one == said, said, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Session.DisposeAsync();

    private void Hear(short[] pcm, int rateHz)
    {
        foreach (var chunk in pcm.Chunk(rateHz / 50))
            Session.ReceiveAudio(Pcm.ToBytes(chunk), rateHz);
    }

    private static int PcmSamples(TimeSpan duration, int rateHz) => (int)(duration.TotalSeconds * rateHz);
}

/// <summary>A clock moved by hand that tells when somebody begins to wait on it.</summary>
internal sealed class HandClock : FakeTimeProvider
{
    internal FrameLog<TimeSpan> Timers { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Timers.Add(dueTime);
        return timer;
    }
}
