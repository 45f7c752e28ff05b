using System.Net.WebSockets;
using System.Text;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Session;

public class ReadingTests
{
    [Theory]
    [InlineData(WebSocketMessageType.Text)]
    [InlineData(WebSocketMessageType.Binary)]
    public async Task Messages_of_either_kind_and_any_fragmentation_read_the_same(WebSocketMessageType type)
    {
        var message = Encoding.UTF8.GetBytes(Wire.Text("grüße 🎧 ünïcödé"));
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var fragment = 1; fragment <= 7; fragment++)
                await peer.SendAsync(message, type, fragment);
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();

        var texts = (await session.ReadToEndAsync()).OfType<TextUpdate>().Select(update => update.Text);

        Assert.Equal(Enumerable.Repeat("grüße 🎧 ünïcödé", 7), texts);
    }

    [Fact]
    public async Task A_message_larger_than_every_buffer_arrives_whole_and_the_next_one_too()
    {
        var large = new string('x', 3 << 20);
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Text(large));
            await peer.SendAsync(Wire.Text("small"));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();

        Assert.Equal([large, "small"], (await session.ReadToEndAsync()).OfType<TextUpdate>().Select(update => update.Text));
    }

    [Fact]
    public async Task Cancelling_a_read_leaves_the_session_alive()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync(Wire.Text("still here"));
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();
        await session.NextAsync<SetupCompleteUpdate>();
        using var cancel = new CancellationTokenSource();
        var read = session.ReadAllAsync(cancel.Token).FirstAsync().AsTask();
        Assert.False(read.IsCompleted);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Expect.WithinAsync(read, "the read is cancelled"));
        await session.SendTextAsync("and now?");

        Assert.Equal("still here", (await session.NextAsync<TextUpdate>()).Text);
    }

    [Fact]
    public async Task Leaving_the_loop_loses_nothing()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync("""{"serverContent":{"modelTurn":{"parts":[{"text":"a"},{"text":"b"},{"text":"c"}]}}}""");
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();

        var read = new List<string>();
        for (var i = 0; i < 3; i++)
            read.Add((await session.NextAsync<TextUpdate>()).Text);

        Assert.Equal(["a", "b", "c"], read);
    }

    [Fact]
    public async Task A_second_reader_is_refused_and_the_first_continues()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        var first = session.ReadToEndAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => session.ReadAllAsync().FirstAsync().AsTask());
        await session.SendTextAsync("bye");

        Assert.Contains("Another loop", refused.Message, StringComparison.Ordinal);
        Assert.IsType<SessionEndedUpdate>((await first)[^1]);
    }

    [Fact]
    public async Task A_full_buffer_applies_back_pressure_and_drops_nothing()
    {
        const int Messages = 200;
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < Messages; i++)
                await peer.SendAsync(Wire.Text($"{i}"));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(configure: options => options.ReceiveCapacity = 2);

        var texts = (await session.ReadToEndAsync()).OfType<TextUpdate>().Select(update => update.Text);

        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}"), texts);
    }

    [Fact]
    public async Task The_newest_resumable_handle_is_kept_and_never_written_out()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"secret-handle","resumable":true}}""");
            await peer.SendAsync("""{"sessionResumptionUpdate":{"resumable":false}}""");
            await peer.SendAsync("""{"goAway":{"timeLeft":"9.5s"}}""");
            await peer.CloseAsync(1001);
        });
        await using var session = await server.ConnectAsync(configure: options => options.Resumption.Enabled = false);

        var updates = await session.ReadToEndAsync();
        var end = await session.EndAsync();

        Assert.Equal(TimeSpan.FromSeconds(9.5), updates.OfType<GoAwayUpdate>().Single().TimeLeft);
        Assert.Equal(("secret-handle", EndCause.GoingAway, RetryAdvice.Resume), (end.ResumptionHandle, end.Cause, end.Advice));
        Assert.Equal("secret-handle", session.ResumptionHandle);
        Assert.DoesNotContain("secret-handle", string.Join('\n', updates), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-handle", string.Join('\n', server.Logs.Entries), StringComparison.Ordinal);
    }
}
