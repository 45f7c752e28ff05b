using System.Net.WebSockets;
using Parley.Client.Tests.Scripted;
using Parley.TestKit;

namespace Parley.Client.Tests.Ending;

public class EndingTests
{
    [Fact]
    public async Task The_end_of_a_session_is_a_value_with_cause_and_reason()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.CloseAsync(1011, "You exceeded your current quota, please check your plan and billing details.");
        });
        await using var session = await server.ConnectAsync();

        var last = Assert.IsType<SessionEndedUpdate>((await session.ReadToEndAsync())[^1]);
        var end = await session.EndAsync();

        Assert.Equal((1011, EndCause.Quota, true, false), (end.CloseCode, end.Cause, end.CanRetry, end.IsNormal));
        Assert.StartsWith("You exceeded", end.Reason, StringComparison.Ordinal);
        Assert.Same(end, last.End);
        Assert.Equal(EndCause.Quota, Assert.Throws<LiveSessionException>(end.ThrowIfAbnormal).Cause);
        Assert.Empty(await session.ReadToEndAsync());
    }

    [Fact]
    public async Task A_normal_end_is_normal()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();

        var end = await session.EndAsync();

        Assert.Equal((EndCause.Completed, true), (end.Cause, end.IsNormal));
        end.ThrowIfAbnormal();
    }

    [Fact]
    public async Task A_polite_close_in_mid_answer_is_not_a_normal_end()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 2]));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();

        var end = await session.EndAsync();

        Assert.Equal((EndCause.Completed, false, true), (end.Cause, end.IsNormal, end.CanRetry));
        Assert.Throws<LiveSessionException>(end.ThrowIfAbnormal);
    }

    [Fact]
    public async Task A_cut_socket_is_a_network_end_that_can_be_resumed()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""");
            await peer.ExpectAsync();
            peer.Cut();
        });
        await using var session = await server.ConnectAsync(configure: options => options.Resumption.Enabled = false);
        await session.NextAsync<ResumptionUpdate>();
        await session.SendTextAsync("cut me");

        var end = await session.EndAsync();

        Assert.Equal((EndCause.Network, null, RetryAdvice.Resume, "h"), (end.Cause, end.CloseCode, end.Advice, end.ResumptionHandle));
        Assert.NotNull(end.Error);
    }

    [Fact]
    public async Task A_refused_handle_is_not_used_again()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""");
            await peer.CloseAsync(1008, "BidiGenerateContent session not found");
        });
        await using var session = await server.ConnectAsync();

        Assert.Null((await session.EndAsync()).ResumptionHandle);
    }

    [Fact]
    public async Task Closing_sends_a_close_and_ends_the_reader()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal(1000, await peer.ExpectCloseAsync());
        });
        var session = await server.ConnectAsync();
        var reading = session.ReadToEndAsync();

        var end = await Expect.WithinAsync(session.CloseAsync(), "hanging up ends");
        await session.DisposeAsync();

        Assert.Equal(EndCause.ByClient, end.Cause);
        Assert.Same(end, Assert.IsType<SessionEndedUpdate>((await reading)[^1]).End);
    }

    [Fact]
    public async Task Closing_is_bounded_if_the_server_does_not_answer()
    {
        var hold = new SyncPoint("the server does nothing");
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await hold.PassAsync();
        });
        server.Abandon();
        var session = await server.ConnectAsync(configure: options => options.CloseTimeout = TimeSpan.FromMilliseconds(50));
        await hold.ReachedAsync();

        Assert.Equal(EndCause.ByClient, (await Expect.WithinAsync(session.CloseAsync(), "hanging up ends")).Cause);
        hold.Release();
    }

    [Fact]
    public async Task Closing_with_a_full_buffer_and_no_reader_ends()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < 10; i++)
                await peer.SendAsync(Wire.Text("x"));
            Assert.Equal(1000, await peer.ExpectCloseAsync());
        });
        var session = await server.ConnectAsync(configure: options => options.ReceiveCapacity = 1);

        Assert.Equal(EndCause.ByClient, (await Expect.WithinAsync(session.CloseAsync(), "hanging up ends")).Cause);
    }

    [Fact]
    public async Task Sending_after_the_end_says_how_it_ended()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.CloseAsync(1007, "API key expired. Please renew the API key.");
        });
        await using var session = await server.ConnectAsync();
        await session.EndAsync();

        var failed = await Assert.ThrowsAsync<LiveSessionException>(async () => await session.SendTextAsync("too late"));

        Assert.Equal(EndCause.ExpiredKey, failed.Cause);
        Assert.Contains("Create a new API key", failed.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LiveSessionException>(async () => await session.SendAudioAsync(new byte[640]));
    }

    [Fact]
    public async Task A_message_over_the_limit_closes_with_1009()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Text(new string('x', 5_000)));
            Assert.Equal(1009, await peer.ExpectCloseAsync());
        });
        await using var session = await server.ConnectAsync(configure: options => options.MaxMessageBytes = 2_000);

        Assert.Equal((EndCause.MessageTooBig, 1009), ((await session.EndAsync()).Cause, (await session.EndAsync()).CloseCode));
    }

    [Fact]
    public async Task Text_that_is_no_utf8_breaks_the_protocol_and_binary_that_is_none_is_only_unreadable()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync([0xC3, 0x28, 0xFF], WebSocketMessageType.Binary);
            await peer.SendAsync([0xC3, 0x28, 0xFF], WebSocketMessageType.Text);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();

        await session.NextAsync<UnreadableMessageUpdate>();
        var end = await session.EndAsync();

        Assert.True(end.Cause == EndCause.ProtocolError, end.Error?.ToString());
    }
}
