using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Endpoints;
using Parley.Server.Sessions;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Sessions;

public sealed class WatcherTests
{
    private readonly EchoModel _model = new();

    [Fact]
    public async Task Session_that_is_no_longer_watched_reports_to_nobody()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        await using var client = await OpenAsync(host);
        var id = (await _model.FirstSessionAsync()).Start.SessionId;
        var watches = host.Services.GetRequiredService<SessionWatches>();
        var connection = host.Services.GetRequiredService<SessionRegistry>().Find(id)!;
        Assert.Null(connection.Watch);

        var watcher = watches.TryWatch(id)!;
        Assert.NotNull(connection.Watch);
        watcher.Dispose();

        Assert.Null(connection.Watch);
        Assert.Equal(0, watches.CountOf(id));
    }

    [Fact]
    public async Task Slow_watcher_loses_messages_and_the_session_loses_none()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        await using var client = await OpenAsync(host);
        using var watcher = host.Services.GetRequiredService<SessionWatches>().TryWatch((await _model.FirstSessionAsync()).Start.SessionId)!;

        for (var i = 0; i < SessionWatcher.MaxMessages; i++)
            watcher.Add(new WatchedItem(0, LiveDirection.FromClient, WebSocketMessageType.Text, [1]));
        await client.EchoAsync("hello");
        watcher.Add(new WatchedItem(0, default, default, [], new WatchedEvent("closed")));

        Assert.Equal(2, watcher.Dropped);
        var read = 0;
        while (watcher.TryRead(out _))
            read++;
        Assert.Equal(SessionWatcher.MaxMessages + 1, read);
    }

    [Fact]
    public async Task Watcher_is_bounded_in_bytes()
    {
        await using var host = await LiveTestHost.StartAsync(_model);
        await using var client = await OpenAsync(host);
        using var watcher = host.Services.GetRequiredService<SessionWatches>().TryWatch((await _model.FirstSessionAsync()).Start.SessionId)!;

        for (var i = 0; i < 3; i++)
            watcher.Add(new WatchedItem(0, LiveDirection.FromClient, WebSocketMessageType.Text, new byte[SessionWatcher.MaxBytes / 2]));

        Assert.Equal(1, watcher.Dropped);
    }

    [Theory]
    [InlineData("""{"sessionResumptionUpdate":{"newHandle":"h-1","resumable":true}}""")]
    [InlineData("""{"session_resumption_update":{"new_handle":"h-1"}}""")]
    [InlineData("""{"setup":{"sessionResumption":{"handle":"h-1"}}}""")]
    [InlineData("""{"setup":{"sess\u0069on_r\u0065sumption":{"h\u0061ndl\u0065":"h-1"}}}""")]
    [InlineData("""no json with sessionResumption h-1""")]
    public void Lines_contain_no_handle(string message)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new WatchLines(output, new TestClock()).Message(new WatchedItem(0, LiveDirection.ToClient, WebSocketMessageType.Text, Encoding.UTF8.GetBytes(message)));

        Assert.DoesNotContain("h-1", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    // A session can be watched when its model has started, slightly later than the client gets setupComplete.
    private static async Task<LiveSocket> OpenAsync(InMemoryHost host)
    {
        var client = await host.OpenAsync();
        await client.EchoAsync("ready");
        return client;
    }
}
