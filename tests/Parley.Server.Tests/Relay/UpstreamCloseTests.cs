using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>What ends a session at the upstream ends it at the client, in the upstream's words (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).</summary>
public sealed class UpstreamCloseTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1000, "")]
    [InlineData(1001, "")]
    [InlineData(1007, "Request contains an invalid argument.")]
    [InlineData(1007, "Invalid JSON payload received. Unknown name \"x\": Cannot find field.")]
    [InlineData(1007, "Precondition check failed.")]
    [InlineData(1008, "Operation is not implemented, or supported, or enabled.")]
    [InlineData(1008, "Requested entity was not found.")]
    [InlineData(1008, "The operation was aborted")]
    [InlineData(1009, "")]
    [InlineData(1011, "Internal error encountered.")]
    [InlineData(1011, "Deadline expired before operation could complete.")]
    [InlineData(1011, "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://aaaaaaaa")]
    [InlineData(4321, "ende ✓")]
    public async Task Close_of_the_upstream_is_forwarded(int code, string reason)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        if (System.Text.Encoding.UTF8.GetByteCount(reason) > 123)
            reason = reason[..123];

        await connection.CloseAsync(code, reason);

        var close = await client.ExpectCloseAsync();
        Assert.Equal((code, reason), (close.Code, close.Reason));
        await connection.Received.FirstAsync(static f => f.Type == WebSocketMessageType.Close, "the gateway answers the close");
    }

    [Theory]
    [InlineData(1007, "Invalid session handle")]
    [InlineData(1007, "Thinking level must be specified")]
    [InlineData(1008, "models/gemini-x is not found for API version v1beta, or is not supported for bidiGenerateContent")]
    [InlineData(1011, "The service is currently unavailable.")]
    public async Task Refused_setup_is_closed_with_the_upstreams_reason(int code, string reason)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var next = upstream.NextAsync();
        await using var client = await gateway.ConnectAsync();
        await client.SendJsonAsync(LiveTestHost.Setup);
        var connection = await next;
        await connection.SetupAsync();

        await connection.CloseAsync(code, reason);

        var close = await client.ExpectCloseAsync();
        Assert.Equal((code, reason), (close.Code, close.Reason));
    }

    [Fact]
    public async Task End_of_the_session_is_not_resumed_despite_a_handle()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");

        await connection.CloseAsync(1007, "Request contains an invalid argument.");

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1007, "Request contains an invalid argument."), (close.Code, close.Reason));
        Assert.Single(upstream.Connections.Snapshot);
    }

    [Fact]
    public async Task Lost_connection_without_a_handle_ends_the_session_with_a_reason()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, _) = await gateway.OpenAsync(upstream);
        await using var __ = client;

        upstream.Host.CutConnections();

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1011, "The connection to the upstream was lost."), (close.Code, close.Reason));
    }

    [Fact]
    public async Task Leaving_client_closes_its_upstream_connection()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, connection) = await gateway.OpenAsync(upstream);

        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        await connection.Received.FirstAsync(static f => f.Type == WebSocketMessageType.Close, "the upstream is closed");
        await client.DisposeAsync();
    }
}
