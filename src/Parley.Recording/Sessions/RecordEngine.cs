using Parley.Protocol;
using Parley.Recording.Timeline;
using Parley.Recording.Transcripts;

namespace Parley.Recording.Sessions;

/// <summary>
/// Turns the messages of a session into audio on one clock and transcripts. It has neither threads nor files: items go in, frames come out of
/// <see cref="Take"/>.
/// <code>
/// user   ───speech───┐              ┌── speech ──
///                 boundary          │
/// model              └─ answer ─────┘ interrupted, or complete
/// </code>
/// What was said is final at the end of a turn: the user's part up to the boundary, where the model began, and all of the model's. With a redactor, audio
/// is kept back until then.
/// </summary>
internal sealed partial class RecordEngine(RecordPlan plan)
{
    /// <summary>Audio that arrives later than this is cut at its beginning. A crash loses it.</summary>
    internal static readonly long HoldBack = StereoTimeline.SamplesOf(TimeSpan.FromSeconds(2));

    /// <summary>Longest audio that waits for its transcript; then it becomes silence.</summary>
    internal static readonly long MaxHold = StereoTimeline.SamplesOf(TimeSpan.FromMinutes(2));

    /// <summary>Longest audio of a model ahead of the clock, 5 minutes or 14 MB; a record with more ends.</summary>
    internal static readonly long MaxAhead = StereoTimeline.SamplesOf(TimeSpan.FromMinutes(5));

    // 200 ms around what is silenced: words do not end sharply.
    private const long Margin = StereoTimeline.RateHz / 5;

    private readonly StereoTimeline _timeline = new();
    private readonly TranscriptBuilder _user = new("user"), _model = new("model"), _text = new("model");
    private readonly List<RecordTranscript> _transcripts = [];
    private readonly List<RecordTurn> _turns = [];
    private readonly List<double> _interruptions = [];
    private readonly List<RecordTool> _tools = [];
    private SpeechSpan _speech = new(), _answered = new();
    private bool _inTurn;
    private long _turnStart, _modelStart = -1, _lastChunk = -1, _boundary, _final;

    internal StereoTimeline Timeline => _timeline;

    internal int Redactions { get; private set; }

    /// <summary>Whether transcripts have changed since the last <see cref="AddTo"/>.</summary>
    internal bool HasNews { get; private set; }

    /// <summary>Takes the next item.</summary>
    /// <exception cref="RecordOverflowException">The model is too far ahead.</exception>
    internal void Handle(in RecordItem item)
    {
        switch (item.Kind)
        {
            case RecordItemKind.UserAudio:
                AddUser(item.Position, item.Bytes, item.RateHz);
                break;
            case RecordItemKind.ModelAudio:
                AddModel(item.Position, item.Bytes, item.RateHz);
                break;
            case RecordItemKind.FromClient:
                Received(item.Position, item.Bytes);
                break;
            default:
                Sent(item.Position, item.Bytes);
                break;
        }
    }

    /// <summary>Passes the frames on that nothing can change any more.</summary>
    /// <param name="now">The time.</param>
    /// <param name="write">Gets 20 ms of both channels, interleaved.</param>
    internal void Take(long now, Action<short[]> write)
    {
        var until = now - HoldBack;
        if (plan.Redactor is not null)
            until = Math.Min(until, HeldFrom(now));
        _timeline.Take(until, write);
    }

    /// <summary>The connection has ended: what follows is not heard.</summary>
    internal void Finish(long now, Action<short[]> write)
    {
        EndTurn(now, "session_closed");
        TakeUser(new Stretch(_final, now), _speech);
        CutModel(now);
        // Speech without the end of a turn has no final transcript.
        if (plan.Redactor is not null)
            _timeline.User.Silence(_final, long.MaxValue);
        _timeline.User.Finish();
        var end = Math.Max(now, _timeline.End);
        _timeline.Take(end + StereoTimeline.FrameSamples - 1, write);
    }

    /// <summary>Adds what is final.</summary>
    internal RecordFacts AddTo(RecordFacts facts)
    {
        HasNews = false;
        return facts with
        {
            Seconds = StereoTimeline.Seconds(_timeline.Taken), Transcripts = [.. _transcripts], Turns = [.. _turns], Interruptions = [.. _interruptions], Tools = [.. _tools], Redactions = Redactions,
        };
    }

    private void AddUser(long position, ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (!plan.KeepsUser)
            return;
        var start = _timeline.AddUser(position, pcm, rateHz);
        _speech.Hear(pcm, start, start + StereoTimeline.LengthOf(pcm, rateHz));
    }

    private void AddModel(long position, ReadOnlySpan<byte> pcm, int rateHz)
    {
        BeginTurn(position);
        if (!plan.KeepsModel)
            return;
        _lastChunk = _timeline.AddModel(position, pcm, rateHz);
        if (_modelStart < 0)
            _modelStart = _lastChunk;
        if (_timeline.Model.Cursor - position > MaxAhead)
            throw new RecordOverflowException();
    }

    private void Received(long position, ReadOnlySpan<byte> message)
    {
        if (Decode(message) is not { } request)
            return;
        if (request.RealtimeInput is { } input)
        {
            foreach (var blob in (input.Audio is { } audio ? [audio] : Enumerable.Empty<Blob>()).Concat(input.MediaChunks ?? []))
            {
                if (IsPcm(blob, AudioFormat.InputRateHz, out var rateHz))
                    AddUser(position, blob.Data.GetValueOrDefault().Span, rateHz);
            }
            Wrote(position, input.Text);
        }
        foreach (var turn in request.ClientContent?.Turns ?? [])
        {
            if (turn.Role is null or "user")
                Wrote(position, string.Concat((turn.Parts ?? []).Select(static part => part.Text)));
        }
    }

    private void Sent(long position, ReadOnlySpan<byte> message)
    {
        if (DecodeResponse(message) is not { } response)
            return;
        foreach (var call in response.ToolCall?.FunctionCalls ?? [])
        {
            BeginTurn(position);
            var arguments = plan.KeepsArguments ? call.Args?.GetRawText() : null;
            _tools.Add(new RecordTool(call.Name ?? "", StereoTimeline.Seconds(position)) { Arguments = arguments is null ? null : Clean(arguments) });
            HasNews = true;
        }
        if (response.ServerContent is not { } content)
            return;
        if (content.Interrupted is true)
            Interrupt(position);
        if (content.InputTranscription?.Text is { Length: > 0 } heard)
            _user.Add(heard, position);
        foreach (var part in content.ModelTurn?.Parts ?? [])
        {
            if (part.Thought is true)
                continue;
            if (part.InlineData is { } blob && IsPcm(blob, AudioFormat.OutputRateHz, out var rateHz))
                AddModel(position, blob.Data.GetValueOrDefault().Span, rateHz);
            else if (part.Text is { Length: > 0 } text)
                Answer(_text, position, text, position);
        }
        if (content.OutputTranscription?.Text is { Length: > 0 } said)
            Answer(_model, position, said, _lastChunk < 0 ? position : _lastChunk);
        if (content.TurnComplete is true)
            EndTurn(position, "completed");
    }

    private void Answer(TranscriptBuilder builder, long position, string text, long start)
    {
        BeginTurn(position);
        builder.Add(text, start);
    }

    // Typed: there is no audio of it.
    private void Wrote(long position, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        var at = StereoTimeline.Seconds(position);
        _transcripts.Add(new RecordTranscript("user", at, at, Clean(text), Spoken: false));
        HasNews = true;
    }

    private string Clean(string text)
    {
        if (plan.Redactor is null)
            return text;
        var clean = plan.Redactor.Apply(text, out var count);
        Redactions += count;
        return clean;
    }

    // Messages that cannot be read are in no record: nobody has understood them.
    private static LiveSessionRequest? Decode(ReadOnlySpan<byte> message)
    {
        try
        {
            return LiveCodec.DecodeRequest(message, LiveCompatibility.Guide, out _);
        }
        catch (LiveProtocolException)
        {
            return null;
        }
    }

    private static LiveSessionResponse? DecodeResponse(ReadOnlySpan<byte> message)
    {
        try
        {
            return LiveCodec.DecodeResponse(message);
        }
        catch (LiveProtocolException)
        {
            return null;
        }
    }

    private static bool IsPcm(Blob blob, int defaultRateHz, out int rateHz)
    {
        rateHz = defaultRateHz;
        return blob.MimeType?.StartsWith("audio/pcm", StringComparison.OrdinalIgnoreCase) == true && AudioFormat.TryParseRate(blob.MimeType, defaultRateHz, out rateHz);
    }
}
