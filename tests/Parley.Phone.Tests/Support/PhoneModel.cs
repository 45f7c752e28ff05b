using Parley.Protocol;
using Parley.Server;

namespace Parley.Phone.Tests.Support;

/// <summary>A model that tests drive: it notes what it hears, and says what it is told to.</summary>
internal sealed class PhoneModel : ILiveModel
{
    public EventLog<PhoneModelSession> Sessions { get; } = new();

    public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        var session = new PhoneModelSession(start, output);
        Sessions.Add(session);
        return new(session);
    }

    public Task<PhoneModelSession> FirstAsync() => Sessions.FirstAsync(static _ => true, "a session of a call");
}

internal sealed class PhoneModelSession(LiveModelStart start, ILiveModelOutput output) : ILiveModelSession
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _heard = new();
    private int _generation = 1;
    private long _sequence;

    public LiveModelStart Start => start;

    public EventLog<LiveSessionRequest> Messages { get; } = new();

    public EventLog<TimeSpan> Played { get; } = new();

    public EventLog<bool> Ended { get; } = new();

    public string Instruction => string.Join('\n', start.Setup.SystemInstruction?.Parts?.Select(static part => part.Text) ?? []);

    /// <summary>What was heard, 16 kHz.</summary>
    public short[] Heard
    {
        get
        {
            lock (_gate)
                return Pcm.ToSamples(_heard.ToArray());
        }
    }

    /// <summary>Sends audio as fast as it goes, as models do.</summary>
    public void Say(WavFile recording)
    {
        var resampler = new Resampler(recording.SampleRateHz, AudioFormat.OutputRateHz);
        var samples = new short[resampler.MaxOutputSamples(recording.Samples.Length) + resampler.MaxFlushSamples];
        var count = resampler.Process(recording.Samples.Span, samples);
        count += resampler.Flush(samples.AsSpan(count));
        foreach (var chunk in Pcm.ToBytes(samples.AsSpan(0, count)).Chunk(4_800))
            output.SendMedia(new LiveMedia(_generation, ++_sequence, chunk, null));
    }

    public void CompleteTurn() => output.Send(new LiveSessionResponse { ServerContent = new ServerContent { GenerationComplete = true, TurnComplete = true } });

    public void Send(LiveSessionResponse message) => output.Send(message);

    public void Interrupt()
    {
        output.CancelMedia(_generation++);
        output.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true, TurnComplete = true } });
    }

    public void Call(string function) => output.Send(new LiveSessionResponse { ToolCall = new ToolCall { FunctionCalls = [new FunctionCall { Id = "call-1", Name = function }] } });

    public void Close(int code, string reason) => output.Close(new LiveClose(code, reason));

    public void Receive(LiveSessionRequest message) => Messages.Add(message);

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
        lock (_gate)
        {
            // The session can be resumed from its first sound on.
            if (_heard.Length == 0)
                output.Checkpoint("the state of the session");
            _heard.Write(pcm);
        }
    }

    public void MediaSent(in LiveMedia media)
    {
    }

    public void MediaPlayed(TimeSpan position) => Played.Add(position);

    public ValueTask DisposeAsync()
    {
        Ended.Add(true);
        return default;
    }

    public Task<LiveSessionRequest> TextAsync(string text) => Messages.FirstAsync(message => message.RealtimeInput?.Text == text, $"the text '{text}'");
}
