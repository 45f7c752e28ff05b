using CsCheck;
using Parley.Client.Resumption;

namespace Parley.Client.Tests.Resumption;

public class OutboxTests
{
    private static readonly MessageTraits Text = new() { ExpectsAnswer = true };
    private static readonly MessageTraits Sound = MessageTraits.OfAudio(32_000, 16_000); // one second

    private static byte[] Message(int number) => BitConverter.GetBytes(number);

    private static int Number(OutboxEntry entry) => BitConverter.ToInt32(entry.Message);

    /// <summary>
    /// A server that consumes messages, reports up to which one, and loses connections. In any sequence, the state it resumes from and the
    /// resent messages together contain every message once, in order.
    /// </summary>
    [Fact]
    public void With_transparency_every_message_is_in_the_resumed_state_once_and_in_order() =>
        Gen.Select(Gen.Enum<Step>().Array[1, 60], Gen.Bool).Sample(static (steps, zeroBased) =>
        {
            var first = zeroBased ? 0 : 1;
            var outbox = new Outbox(new ResumptionOptions { Transparent = true, FirstMessageIndex = first });
            var (sent, state, connection) = (0, new List<int>(), new List<int>());
            var (consumedOnConnection, checkpointed) = (0, 0);
            foreach (var step in steps)
            {
                switch (step)
                {
                    case Step.Send:
                        outbox.Record(Message(sent), Sound with { Audio = TimeSpan.Zero, IsMedia = false });
                        connection.Add(sent++);
                        break;
                    case Step.Consume when consumedOnConnection < connection.Count:
                        consumedOnConnection++;
                        break;
                    case Step.Checkpoint:
                        state.AddRange(connection.Take(consumedOnConnection));
                        connection.RemoveRange(0, consumedOnConnection);
                        // The index counts from the start of the connection.
                        checkpointed += consumedOnConnection;
                        consumedOnConnection = 0;
                        outbox.Checkpoint(first + checkpointed - 1);
                        break;
                    case Step.Lose:
                        var (resend, lost, _) = outbox.BeginConnection(replay: true, static _ => true);
                        Assert.Equal(0, lost);
                        Assert.Equal(connection, resend.Select(Number));
                        foreach (var entry in resend)
                            outbox.Resent(entry);
                        (consumedOnConnection, checkpointed) = (0, 0);
                        break;
                }
            }
            Assert.Equal(Enumerable.Range(0, sent), state.Concat(outbox.Entries.Select(Number)));
        });

    [Fact]
    public void The_outbox_is_bounded_and_counts_what_it_drops() => Gen.Int[1, 40].Sample(static seconds =>
    {
        var outbox = new Outbox(new ResumptionOptions { Transparent = true, MaxHeldAudio = TimeSpan.FromSeconds(10) });
        outbox.Record(Message(-1), Text);
        for (var i = 0; i < seconds; i++)
            outbox.Record(Message(i), Sound);

        Assert.Equal(TimeSpan.FromSeconds(Math.Min(10, seconds)), outbox.KeptAudio);
        Assert.Equal(TimeSpan.FromSeconds(Math.Max(0, seconds - 10)), outbox.DroppedAudio);
        Assert.Equal(-1, Number(outbox.Entries.First()));
        Assert.Equal(seconds - 1, Number(outbox.Entries.Last()));
    });

    [Fact]
    public void Audio_under_automatic_detection_is_not_kept_without_transparency()
    {
        var outbox = new Outbox(new ResumptionOptions());

        Assert.Null(outbox.Record(Message(1), Sound));
        Assert.NotNull(outbox.Record(Message(2), Text));
    }

    [Fact]
    public void Without_transparency_a_question_is_kept_until_its_answer_and_a_newer_handle()
    {
        var outbox = new Outbox(new ResumptionOptions());
        outbox.Record(Message(1), Text);

        outbox.Checkpoint(null); // the handle of the turn before it
        Assert.Single(outbox.Entries);
        outbox.NoteAnswer();
        outbox.NoteTurnComplete();
        Assert.Single(outbox.Entries);
        outbox.Checkpoint(null);

        Assert.Empty(outbox.Entries);
    }

    [Fact]
    public void Without_transparency_a_question_answered_in_full_is_not_resent()
    {
        var outbox = new Outbox(new ResumptionOptions());
        outbox.Record(Message(1), Text);
        outbox.NoteAnswer();
        outbox.NoteTurnComplete();
        outbox.Record(Message(2), Text);

        Assert.Equal([2], outbox.BeginConnection(replay: true, static _ => true).Resend.Select(Number));
    }

    [Fact]
    public void A_manual_activity_is_kept_as_a_whole()
    {
        var outbox = new Outbox(new ResumptionOptions());
        outbox.Record(Message(0), Sound);
        outbox.Record(Message(1), new MessageTraits { ActivityStart = true });
        outbox.Record(Message(2), Sound);
        outbox.Record(Message(3), new MessageTraits { ActivityEnd = true, ExpectsAnswer = true });
        outbox.Record(Message(4), Sound);

        Assert.Equal([1, 2, 3], outbox.Entries.Select(Number));
        var (resend, lost, sound) = outbox.BeginConnection(replay: false, static _ => true);
        Assert.Equal((0, 0, TimeSpan.FromSeconds(1)), (resend.Count, lost, sound));
    }

    private enum Step
    {
        Send,
        Consume,
        Checkpoint,
        Lose,
    }
}
