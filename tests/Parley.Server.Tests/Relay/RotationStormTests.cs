using Parley.Server.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>An upstream that keeps no connection gets few of them, whatever it says.</summary>
public sealed class RotationStormTests
{
    private const string Handle = """{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""";

    private readonly TestClock _time = new();

    [Theory]
    [InlineData("""{"goAway":{"timeLeft":"0s"}}""", 1011, "The service is currently unavailable.")]
    [InlineData("""{"goAway":{}}""", 1011, "The service is currently unavailable.")]
    [InlineData("close 1011", 1011, "Internal error encountered.")]
    [InlineData("close 1001", 1001, "")]
    [InlineData("cut", 1011, "The connection to the upstream was lost.")]
    public async Task Upstream_that_ends_every_connection_at_once_is_given_up(string end, int code, string reason)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        var closed = client.ExpectCloseAsync(skipMessages: true);

        for (var i = 1; ; i++)
        {
            var next = upstream.NextAsync();
            await EndAsync(connection, end);
            if (i > ReplacementLimit.MaxInRow)
                break;
            // Delays of 0, 250 and 500 ms.
            await _time.AdvanceUntilAsync(next, i == 1 ? TimeSpan.FromDays(9) : ReplacementLimit.FirstDelay * (1 << (i - 2)));
            connection = await next;
            await connection.AcceptSetupAsync();
        }

        var close = await closed;
        Assert.Equal((code, reason), (close.Code, close.Reason));
        Assert.Equal(1 + ReplacementLimit.MaxInRow, upstream.Connections.Snapshot.Count);
        Assert.True(_time.Elapsed < TimeSpan.FromMinutes(1));
        Assert.Single(gateway.Logs.Entries, static e => e.EventId.Id == 1210);
    }

    [Fact]
    public async Task Announced_ends_use_one_connection_for_each_deadline()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        var patience = new RelayOptions().RotationPatience;
        for (var i = 0; i < 10; i++)
        {
            var next = upstream.NextAsync();
            await connection.SendAsync(Handle);
            await connection.SendAsync("""{"goAway":{"timeLeft":"50s"}}""");
            await connection.SendAsync("""{"serverContent":{"turnComplete":true}}""");
            await client.ReceiveUntilAsync(static f => f.Has("serverContent"));
            // The first rotation needs no timer.
            await _time.AdvanceUntilAsync(next, patience / 2);
            connection = await next;
            await connection.AcceptSetupAsync();
        }

        Assert.InRange(upstream.Connections.Snapshot.Count / Math.Max(1, _time.Elapsed.TotalMinutes), 0, 3);
    }

    [Fact]
    public async Task Connection_that_lived_well_starts_the_count_again()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        for (var i = 0; i < 3 * ReplacementLimit.MaxInRow; i++)
        {
            var next = upstream.NextAsync();
            _time.Advance(ReplacementLimit.GoodLife);
            await connection.SendAsync(Handle);
            await connection.SendAsync("""{"goAway":{"timeLeft":"0s"}}""");
            connection = await next;
            await connection.AcceptSetupAsync();
            var completed = 0;
            await gateway.Logs.FirstAsync(e => e.EventId.Id == 1206 && ++completed > i, "the rotation is completed");
        }

        await client.SayAsync("still here");
        await connection.TextAsync(static text => text.Contains("still here", StringComparison.Ordinal), "what the client says");
    }

    private Task<InMemoryHost> StartAsync(RawUpstream upstream) =>
        Gateway.StartAsync(upstream.Host, time: _time, live: static options => options.Connections.KeepAliveInterval = TimeSpan.Zero);

    private static async Task EndAsync(UpstreamConnection connection, string end)
    {
        await connection.SendAsync(Handle);
        if (end.StartsWith("close", StringComparison.Ordinal))
            await connection.CloseAsync(int.Parse(end[6..], System.Globalization.CultureInfo.InvariantCulture), end == "close 1011" ? "Internal error encountered." : null);
        else if (end == "cut")
            connection.Cut();
        else
            await connection.SendAsync(end);
    }
}
