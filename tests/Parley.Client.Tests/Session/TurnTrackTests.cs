using CsCheck;
using Parley.Client.Resumption;
using Parley.Client.Session;
using Parley.Protocol;

namespace Parley.Client.Tests.Session;

public class TurnTrackTests
{
    private static readonly MessageTraits Question = new() { ExpectsAnswer = true };

    private static AudioUpdate Sound(int from, int samples) =>
        new(Enumerable.Range(from, samples).SelectMany(static i => BitConverter.GetBytes((short)i)).ToArray(), 24_000);

    private static TurnCompleteUpdate Complete(InteractionStatus? status = null) => new(null, status, null);

    private static int[] Samples(IEnumerable<LiveUpdate?> updates) =>
        [.. updates.OfType<AudioUpdate>().SelectMany(static audio => audio.Pcm.ToArray().Chunk(2)).Select(static pair => (int)BitConverter.ToInt16(pair))];

    /// <summary>
    /// An answer that is cut repeatedly and generated from its beginning each time is delivered once and in full, in pieces of any size.
    /// </summary>
    [Fact]
    public void An_answer_is_delivered_once_however_often_it_is_cut() =>
        Gen.Select(Gen.Int[1, 400].Array[0, 6], Gen.Int[1, 90]).Sample(static (cuts, piece) =>
        {
            const int Answer = 400;
            var track = new TurnTrack(new ResumptionOptions());
            var heard = new List<LiveUpdate?>();
            track.Sent(Question);
            foreach (var cut in cuts)
            {
                for (var at = 0; at < cut; at += piece)
                    heard.Add(track.Apply(Sound(at, Math.Min(piece, cut - at)), sentOnConnection: 1));
                Assert.False(track.Resume(resent: true));
            }
            for (var at = 0; at < Answer; at += piece)
                heard.Add(track.Apply(Sound(at, Math.Min(piece, Answer - at)), sentOnConnection: 1));
            track.Apply(Complete(), 1);

            Assert.Equal(Enumerable.Range(0, Answer), Samples(heard));
            Assert.Equal([1L], heard.OfType<AudioUpdate>().Select(static audio => audio.Turn).Distinct());
            Assert.True(track.IsQuiet);
        });

    [Fact]
    public void The_next_answer_is_another_turn_and_delivered_in_full()
    {
        var track = new TurnTrack(new ResumptionOptions());
        track.Apply(Sound(0, 100), 1);
        track.Resume(resent: true);
        track.Apply(Sound(0, 100), 1);
        track.Apply(Complete(), 1);

        var next = track.Apply(Sound(0, 50), 1);

        Assert.Equal(2, next?.Turn);
        Assert.Equal(50, Samples([next]).Length);
    }

    [Fact]
    public void With_transparency_turns_after_the_state_are_repeated_in_order()
    {
        var track = new TurnTrack(new ResumptionOptions { Transparent = true });
        track.Apply(Sound(0, 100), 1);
        track.Apply(Complete(), 1);
        track.Apply(Sound(0, 30), 2);
        track.Resume(resent: true);

        Assert.Empty(Samples([track.Apply(Sound(0, 100), 2)]));
        track.Apply(Complete(), 2);
        var rest = track.Apply(Sound(0, 50), 2);

        Assert.Equal(Enumerable.Range(30, 20), Samples([rest]));
    }

    [Fact]
    public void With_transparency_a_repeated_turn_does_not_answer_a_question_that_was_asked_meanwhile()
    {
        var track = new TurnTrack(new ResumptionOptions { Transparent = true });
        track.Sent(Question);
        track.Apply(Sound(0, 100), 1);
        track.Apply(Complete(), 1);
        track.Resume(resent: true);
        track.Sent(Question);

        track.Apply(Sound(0, 100), 2);
        track.Apply(Complete(), 2);
        Assert.False(track.IsIdle);
        track.Apply(Sound(0, 50), 2);
        track.Apply(Complete(), 2);

        Assert.True(track.IsIdle);
    }

    [Fact]
    public void Output_of_a_resumed_model_before_any_input_repeats_its_last_turn()
    {
        var track = new TurnTrack(new ResumptionOptions());
        track.Apply(Sound(0, 100), 3);
        track.Apply(Complete(), 3);
        track.Resume(resent: false);

        Assert.Empty(Samples([track.Apply(Sound(0, 100), sentOnConnection: 0)]));
        track.Apply(Complete(), 0);
        Assert.Equal(100, Samples([track.Apply(Sound(0, 100), sentOnConnection: 1)]).Length);
    }

    [Fact]
    public void After_new_input_no_output_is_skipped()
    {
        var track = new TurnTrack(new ResumptionOptions());
        track.Apply(Sound(0, 100), 3);
        Assert.True(track.Resume(resent: false));

        Assert.Equal(100, Samples([track.Apply(Sound(0, 100), sentOnConnection: 5)]).Length);
    }

    [Fact]
    public void An_interruption_ends_the_repetition()
    {
        var track = new TurnTrack(new ResumptionOptions());
        track.Apply(Sound(0, 100), 1);
        track.Resume(resent: true);
        track.Apply(Sound(0, 10), 1);
        track.Apply(new InterruptedUpdate(), 1);
        track.Apply(Complete(), 1);

        Assert.Equal(100, Samples([track.Apply(Sound(0, 100), 1)]).Length);
    }

    [Fact]
    public void Audio_after_an_interruption_is_dropped()
    {
        var track = new TurnTrack(new ResumptionOptions());
        track.Apply(Sound(0, 10), 1);
        track.Apply(new InterruptedUpdate(), 1);

        Assert.Null(track.Apply(Sound(10, 10), 1));
        track.Apply(Complete(), 1);
        Assert.NotNull(track.Apply(Sound(0, 10), 1));
    }

    [Fact]
    public void A_session_is_quiet_without_speech_questions_and_reasoning()
    {
        var track = new TurnTrack(new ResumptionOptions());
        Assert.True(track.IsQuiet);
        track.Sent(new MessageTraits { ActivityStart = true });
        Assert.False(track.IsQuiet);
        track.Sent(new MessageTraits { ActivityEnd = true, ExpectsAnswer = true });
        Assert.False(track.IsQuiet);
        track.Apply(Sound(0, 10), 1);
        track.Apply(new GenerationCompleteUpdate(), 1);
        Assert.False(track.IsQuiet);
        track.Apply(Complete(InteractionStatus.InProgress), 1);
        Assert.False(track.IsQuiet);
        Assert.True(track.IsMidAnswer);
        track.Apply(Complete(InteractionStatus.Idle), 1);
        Assert.True(track.IsQuiet);
        track.Apply(new VoiceActivityUpdate(VoiceActivityType.ActivityStart, null), 1);
        Assert.False(track.IsQuiet);
    }
}
