using Parley.Protocol;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Sessions;

public sealed class OutputTests
{
    [Fact]
    public async Task Audio_is_followed_by_its_transcription_and_reported_as_sent()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();
        var session = await model.FirstSessionAsync();

        session.Output.SendMedia(new LiveMedia(1, 7, new byte[] { 1, 2, 3, 4 }, " hello"));
        session.Output.SendMedia(new LiveMedia(1, 8, ReadOnlyMemory<byte>.Empty, "in text"));

        var audio = (await client.ReceiveAsync()).At("serverContent", "modelTurn", "parts")!.Value[0].GetProperty("inlineData");
        Assert.Equal("audio/pcm;rate=24000", audio.GetProperty("mimeType").GetString());
        Assert.Equal([1, 2, 3, 4], audio.GetProperty("data").GetBytesFromBase64());
        Assert.Equal(" hello", (await client.ReceiveAsync()).At("serverContent", "outputTranscription", "text")!.Value.GetString());
        Assert.Equal("in text", (await client.ReceiveAsync()).SaidText());
        await session.Sent.FirstAsync(static m => m.Sequence == 8, "the second chunk counts as sent");
        Assert.Equal([7L, 8L], session.Sent.Snapshot.Select(static m => m.Sequence));
    }

    [Fact]
    public async Task Cancelled_media_are_skipped()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, time: new TestClock());
        await using var stalled = await StalledClient.OpenAsync(host, model);

        for (var i = 0; i < 10; i++)
            stalled.Session.Output.SendMedia(stalled.Chunk(generation: 1));
        stalled.Session.Output.CancelMedia(1);
        stalled.Session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });
        stalled.Session.Output.SendMedia(new LiveMedia(2, 100, new byte[] { 1, 2 }, null));
        var before = stalled.Written;

        await stalled.ReadAsync();

        await stalled.Session.Sent.FirstAsync(static m => m.Sequence == 100, "the new generation is sent");
        Assert.DoesNotContain(stalled.Session.Sent.Snapshot, m => m.Generation == 1 && m.Sequence > before);
    }

    [Fact]
    public async Task Slow_client_makes_the_model_wait()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, static options => options.Connections.MaxUnsentMedia = 4, new TestClock());
        await using var stalled = await StalledClient.OpenAsync(host, model);
        var output = stalled.Session.Output;

        for (var i = 0; i < 4; i++)
            output.SendMedia(stalled.Chunk(generation: 1));
        var room = output.WaitForRoomAsync(CancellationToken.None).AsTask();
        Assert.False(room.IsCompleted);
        using var gaveUp = new CancellationTokenSource();
        var impatient = output.WaitForRoomAsync(gaveUp.Token).AsTask();
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);

        await stalled.ReadAsync();

        await Expect.WithinAsync(room, "there is room again");
    }

    [Fact]
    public async Task Send_timeout_disconnects_the_client()
    {
        var model = new EchoModel();
        var time = new TestClock();
        await using var host = await LiveTestHost.StartAsync(model, time: time);
        await using var good = await host.OpenAsync();
        await using var stalled = await StalledClient.OpenAsync(host, model);
        stalled.Session.Output.SendMedia(stalled.Chunk(generation: 1));
        var waiting = Task.WhenAll(Enumerable.Range(0, 100).Select(_ => WaitAndSendAsync(stalled)));

        await time.AdvanceUntilAsync(stalled.Session.Disposed.FirstAsync(static _ => true, "the session of the stalled client ends"), LiveTestHost.Defaults.Connections.SendTimeout);

        await Expect.WithinAsync(waiting, "nobody waits for a client that is gone");
        await good.EchoAsync("unharmed");
    }

    [Fact]
    public async Task Full_queue_disconnects_the_client()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, static options => options.Connections.MaxQueuedMessages = 64, new TestClock());
        await using var stalled = await StalledClient.OpenAsync(host, model);

        for (var i = 0; i < 65; i++)
            stalled.Session.Output.Send(EchoSession.Text("never read"));

        await stalled.Session.Disposed.FirstAsync(static _ => true, "the session of the stalled client ends");
        await host.Logs.FirstAsync(static entry => entry.Message.Contains("does not read", StringComparison.Ordinal), "a word about it");
    }

    [Fact]
    public async Task Close_follows_queued_messages_with_a_truncated_reason()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        await using var client = await host.OpenAsync();
        var session = await model.FirstSessionAsync();

        session.Output.Send(EchoSession.Text("last words"));
        session.Output.Close(new LiveClose(1011, new string('ż', 100)));
        session.Output.Send(EchoSession.Text("too late"));

        Assert.Equal("last words", (await client.ReceiveAsync()).SaidText());
        var close = await client.ExpectCloseAsync();
        Assert.Equal(1011, close.Code);
        Assert.Equal(new string('ż', 61), close.Reason);
    }

    [Fact]
    public async Task Unanswered_close_disconnects_the_client()
    {
        var model = new EchoModel();
        var time = new TestClock();
        await using var host = await LiveTestHost.StartAsync(model, time: time);
        await using var client = await host.OpenAsync();
        var session = await model.FirstSessionAsync();
        var closing = host.Logs.FirstAsync(static entry => entry.Message.Contains("closing with 1008", StringComparison.Ordinal), "the close");

        session.Output.Close(LiveClose.Aborted);
        await closing;
        await client.Socket.ReceiveAsync(new byte[1_000], TestContext.Current.CancellationToken);
        await time.AdvanceUntilAsync(session.Disposed.FirstAsync(static _ => true, "the session ends"), LiveTestHost.Defaults.Connections.CloseTimeout);
    }

    private static async Task WaitAndSendAsync(StalledClient stalled)
    {
        await stalled.Session.Output.WaitForRoomAsync(CancellationToken.None);
        stalled.Session.Output.SendMedia(stalled.Chunk(generation: 1));
    }
}
