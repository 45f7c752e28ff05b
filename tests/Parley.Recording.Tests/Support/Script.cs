using System.Buffers;
using Parley.Protocol;
using Parley.Recording.Redaction;
using Parley.Recording.Sessions;
using Parley.Recording.Timeline;
using Parley.Recording.Transcripts;

namespace Parley.Recording.Tests.Support;

/// <summary>A call without a server: messages at times, and the record that comes of them.</summary>
internal sealed class Script(RecordPlan? plan = null)
{
    public const short Loud = 8_000;

    private readonly RecordEngine _engine = new(plan ?? Local);
    private readonly List<short> _left = [], _right = [];

    public static RecordPlan Local => new(HasExactTimes: true, Redactor: null, KeepsUser: true, KeepsModel: true, KeepsArguments: false);

    public static RecordPlan Relayed => Local with { HasExactTimes = false };

    public short[] Left => [.. _left];

    public short[] Right => [.. _right];

    public RecordEngine Engine => _engine;

    public RecordFacts Facts => _engine.AddTo(new RecordFacts
    {
        Id = "1", SessionId = "1", Model = "m", Node = "n", KeyId = "k", Owner = "o", Started = DateTimeOffset.UnixEpoch, Audio = new RecordAudioFacts("1.wav", "wav", 24_000, ["user", "model"]),
    });

    public static RecordPlan Redacting(RecordPlan plan, params IRecordRedactor[] redactors) =>
        plan with { Redactor = new Redactor([new NumberRedactor(cards: true, phones: true), .. redactors]) };

    /// <summary>20 ms of one value.</summary>
    public static short[] Level(int milliseconds, short value = Loud, int rateHz = 24_000)
    {
        var samples = new short[rateHz * milliseconds / 1_000];
        samples.AsSpan().Fill(value);
        return samples;
    }

    /// <summary>The user has spoken until now, in one chunk.</summary>
    public Script User(int at, int milliseconds, short value = Loud) => Add(RecordItemKind.UserAudio, at, Pcm.ToBytes(Level(milliseconds, value)), 24_000);

    /// <summary>The model sends audio.</summary>
    public Script Model(int at, int milliseconds, short value = Loud) => Add(RecordItemKind.ModelAudio, at, Pcm.ToBytes(Level(milliseconds, value)), 24_000);

    public Script Send(int at, ServerContent content) => Send(at, new LiveSessionResponse { ServerContent = content });

    public Script Send(int at, LiveSessionResponse message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(message, buffer);
        return Add(RecordItemKind.ToClient, at, buffer.WrittenSpan.ToArray(), 0);
    }

    public Script Receive(int at, LiveSessionRequest message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(message, buffer);
        return Add(RecordItemKind.FromClient, at, buffer.WrittenSpan.ToArray(), 0);
    }

    public Script Said(int at, string text) => Send(at, new ServerContent { OutputTranscription = new Transcription { Text = text } });

    public Script Heard(int at, string text) => Send(at, new ServerContent { InputTranscription = new Transcription { Text = text } });

    public Script Interrupted(int at) => Send(at, new ServerContent { Interrupted = true });

    public Script Complete(int at) => Send(at, new ServerContent { TurnComplete = true });

    public Script Take(int at)
    {
        _engine.Take(Samples(at), Write);
        return this;
    }

    public Script Finish(int at)
    {
        _engine.Finish(Samples(at), Write);
        return this;
    }

    /// <summary>The value of each channel at a time.</summary>
    public (int User, int Model) At(int milliseconds) => (_left[(int)Samples(milliseconds)], _right[(int)Samples(milliseconds)]);

    public static long Samples(int milliseconds) => StereoTimeline.SamplesOf(TimeSpan.FromMilliseconds(milliseconds));

    private Script Add(RecordItemKind kind, int at, byte[] bytes, int rateHz)
    {
        _engine.Handle(new RecordItem(kind, Samples(at), bytes, bytes.Length, rateHz));
        return this;
    }

    private void Write(short[] frame)
    {
        for (var i = 0; i < frame.Length; i += 2)
        {
            _left.Add(frame[i]);
            _right.Add(frame[i + 1]);
        }
    }
}
