using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Sessions;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>Clients get handles of the gateway, which refer to handles of the upstream.</summary>
public sealed class RelayResumptionTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Resumption_update_is_forwarded_with_a_handle_of_this_server()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, recorder, time: _time);
        var (client, connection) = await gateway.OpenAsync(upstream, LiveTestHost.ResumableSetup);
        await using var _ = client;

        await connection.SendAsync("{\n  \"sessionResumptionUpdate\": {\n    \"newHandle\": \"up-1\",\n    \"resumable\": true\n  }\n}\n");
        var ours = (await client.ReceiveAsync()).NewHandle()!;
        await connection.SendAsync("{ \"sessionResumptionUpdate\": { } }");
        await client.ReceiveAsync();

        Assert.NotEqual("up-1", ours);
        var seen = recorder.Of(LiveDirection.ToClient).Skip(1).Select(static f => f.Text).ToArray();
        Assert.Equal($"{{\n  \"sessionResumptionUpdate\": {{\n    \"newHandle\": \"{ours}\",\n    \"resumable\": true\n  }}\n}}\n", seen[0]);
        Assert.Equal("{ \"sessionResumptionUpdate\": { } }", seen[1]);
    }

    [Fact]
    public async Task Client_resumes_after_the_old_upstream_connection_is_closed()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (old, connection) = await gateway.OpenAsync(upstream, LiveTestHost.ResumableSetup);
        await using var _ = old;
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");
        var ours = (await old.ReceiveAsync()).NewHandle()!;
        var next = upstream.NextAsync();
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync($$$$"""{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","sessionResumption":{"handle":"{{{{ours}}}}"}}}""");

        var second = await next;
        Assert.Contains(connection.Received.Snapshot, static f => f.Type == WebSocketMessageType.Close);
        Assert.Equal("""{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","sessionResumption":{"handle":"up-1"}}}""", await second.SetupAsync());
        await second.AcceptSetupAsync();
        await client.ReceiveUntilAsync(static f => f.Has("setupComplete"));
    }

    [Fact]
    public async Task Drained_gateway_does_not_repeat_a_handle_that_the_upstream_has_withdrawn()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, connection) = await gateway.OpenAsync(upstream, LiveTestHost.ResumableSetup);
        await using var _ = client;
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");
        Assert.NotNull((await client.ReceiveAsync()).NewHandle());
        await connection.SendAsync("""{"sessionResumptionUpdate":{"resumable":false}}""");
        await client.ReceiveAsync();

        gateway.Services.GetRequiredService<SessionRegistry>().Drain();

        Assert.True((await client.ReceiveAsync()).Has("goAway"));
    }

    [Fact]
    public async Task Handle_of_the_upstream_is_refused()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync("""{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","sessionResumption":{"handle":"up-1"}}}""");

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1007, "Invalid session handle"), (close.Code, close.Reason));
        Assert.Empty(upstream.Connections.Snapshot);
    }

    [Fact]
    public async Task Consumed_messages_count_from_the_first_message_of_the_session()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, connection) = await gateway.OpenAsync(upstream, """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","sessionResumption":{"transparent":true}}}""");
        await using var _ = client;
        await client.SayAsync("one");
        await client.SayAsync("two");
        await connection.TextAsync(static text => text.Contains("two", StringComparison.Ordinal), "the second message");
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true,"lastConsumedClientMessageIndex":"2"}}""");
        Assert.Equal("2", (await client.ReceiveAsync()).At("sessionResumptionUpdate", "lastConsumedClientMessageIndex")!.Value.GetString());
        var next = upstream.NextAsync();
        await connection.CloseAsync(1011, "Internal error occurred.");
        var second = await next;
        await second.AcceptSetupAsync();
        await client.SayAsync("three");
        await second.TextAsync(static text => text.Contains("three", StringComparison.Ordinal), "the third message");

        await second.SendAsync("""{"sessionResumptionUpdate":{"lastConsumedClientMessageIndex":"1","resumable":true,"newHandle":"up-2"}}""");

        Assert.Equal("3", (await client.ReceiveAsync()).At("sessionResumptionUpdate", "lastConsumedClientMessageIndex")!.Value.GetString());
    }
}
