using System.Text;
using Parley.Protocol;
using Parley.Recording.Sessions;
using Parley.Server;

namespace Parley.Recording.Tests.Sessions;

/// <summary>The queue between a session and its record.</summary>
public sealed class SessionRecordTests
{
    [Fact]
    public async Task Audio_waits_for_a_second_and_other_messages_do_not()
    {
        var record = new SessionRecord(new TestClock(), [], TimeSpan.Zero);
        record.Message(LiveDirection.FromClient, Audio(3_200));
        Assert.False(record.TryRead(out _));

        record.Message(LiveDirection.ToClient, Encoding.UTF8.GetBytes("""{"serverContent":{"turnComplete":true}}"""));

        Assert.True(await record.WaitAsync());
        Assert.True(record.TryRead(out var batch));
        Assert.Equal([RecordItemKind.UserAudio, RecordItemKind.ToClient], batch.Select(static item => item.Kind));
        Assert.Equal((3_200, 16_000), (batch[0].Length, batch[0].RateHz));
        record.Return(batch);
    }

    [Fact]
    public void A_worker_that_is_too_far_behind_ends_the_record()
    {
        var record = new SessionRecord(new TestClock(), [], TimeSpan.Zero);
        var message = Audio(32_000);
        for (var i = 0; i < 200; i++)
            record.Message(LiveDirection.FromClient, message);

        Assert.True(record.HasOverflowed);
        var waiting = 0;
        while (record.TryRead(out var batch))
        {
            waiting += batch.Sum(static item => item.Length);
            record.Return(batch);
        }
        Assert.InRange(waiting, SessionRecord.MaxWaitingBytes - (2 * message.Length), SessionRecord.MaxWaitingBytes);
    }

    private static byte[] Audio(int pcmBytes)
    {
        var message = new byte[AudioMessage.MaxInputBytes(pcmBytes)];
        return message[..AudioMessage.WriteInput(new byte[pcmBytes], AudioFormat.InputRateHz, message)];
    }
}
