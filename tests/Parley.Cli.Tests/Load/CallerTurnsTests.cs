using System.Text;
using Parley.Cli.Load;

namespace Parley.Cli.Tests.Load;

public sealed class CallerTurnsTests
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);
    private static readonly LoadScript Script = LoadScript.Create("any", new WavFile(48_000, new short[48_000 / 10]), Frame);
    private static readonly LoadOptions Options = new()
    {
        Address = new Uri("ws://parley.test"), Model = "any", Sessions = 1, Profile = LoadProfile.Talk, Ramp = Frame, Duration = Frame, Frame = Frame,
    };

    private readonly TestClock _time = new();
    private readonly LoadStatistics _statistics = new();

    [Fact]
    public void Speech_is_resampled_and_cut_into_frames() => Assert.InRange(Script.Speech.Length, 5, 6);

    [Fact]
    public void Talking_caller_asks_listens_in_silence_pauses_and_asks_again()
    {
        var turns = Create(talks: true);
        Assert.Equal(Script.Speech, Script.Speech.Select(_ => Step(turns)));
        Assert.Same(Script.Silence, Step(turns));
        _time.Advance(TimeSpan.FromMilliseconds(300));

        turns.Received(Audio(TimeSpan.FromMilliseconds(500)));
        turns.Received(Message("""{"serverContent":{"turnComplete":true}}"""));

        Assert.Same(Script.Silence, Step(turns));
        _time.Advance(TimeSpan.FromMilliseconds(500) + Options.Pause - Frame - Frame);
        Assert.Same(Script.Silence, Step(turns));
        Assert.Same(Script.Speech[0], Step(turns));
        Assert.Equal((1, 1, 0), (_statistics.Asked, _statistics.Answered, _statistics.Unanswered));
        Assert.Equal(TimeSpan.FromMilliseconds(340), _statistics.FirstAudio.Max);
    }

    [Fact]
    public void Listening_caller_sends_its_request_only()
    {
        var turns = Create(talks: false);

        Assert.Same(Script.Story, Step(turns));
        Assert.Null(Step(turns));
    }

    [Fact]
    public void Turn_without_an_answer_in_time_is_counted_and_asked_again()
    {
        var turns = Create(talks: false);
        _ = turns.Next();
        _time.Advance(Options.AnswerTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Null(turns.Next());

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Same(Script.Story, turns.Next());
        Assert.Equal((2, 0, 1), (_statistics.Asked, _statistics.Answered, _statistics.Unanswered));
    }

    [Fact]
    public void Late_audio_is_a_gap_of_the_time_in_which_nothing_plays()
    {
        var turns = Create(talks: false);
        _ = turns.Next();
        turns.Received(Audio(TimeSpan.FromMilliseconds(40)));
        _time.Advance(TimeSpan.FromMilliseconds(30));
        turns.Received(Audio(TimeSpan.FromMilliseconds(40)));
        Assert.Equal(0, _statistics.Gaps.Count);

        _time.Advance(TimeSpan.FromMilliseconds(75));
        turns.Received(Audio(TimeSpan.FromMilliseconds(40)));

        Assert.Equal(1, _statistics.Gaps.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(25), _statistics.Gaps.Max);
    }

    [Fact]
    public void Fragments_of_a_message_play_as_one()
    {
        var turns = Create(talks: false);
        _ = turns.Next();
        turns.Received(Audio(TimeSpan.FromMilliseconds(40)));
        turns.Received(new LoadMessage(default, 64 * 40, IsContinuation: true));
        _time.Advance(TimeSpan.FromMilliseconds(79));

        turns.Received(Audio(TimeSpan.FromMilliseconds(40)));

        Assert.Equal(0, _statistics.Gaps.Count);
    }

    private CallerTurns Create(bool talks) => new(Script, talks, Options, _statistics, _time);

    private byte[]? Step(CallerTurns turns)
    {
        var frame = turns.Next();
        _time.Advance(Frame);
        return frame;
    }

    private static LoadMessage Audio(TimeSpan duration)
    {
        var pcm = new byte[PcmFormat.Hz24000.BytesIn(duration)];
        return Message("{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"inlineData\":{\"mimeType\":\"audio/pcm;rate=24000\",\"data\":\"" + Convert.ToBase64String(pcm) + "\"}}]}}}");
    }

    private static LoadMessage Message(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        return new LoadMessage(bytes, bytes.Length, IsContinuation: false);
    }
}
