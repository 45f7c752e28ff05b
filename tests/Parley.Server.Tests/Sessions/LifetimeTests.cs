using Microsoft.Extensions.Time.Testing;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Sessions;

public sealed class LifetimeTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Missing_setup_closes_the_connection()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), time: _time);
        await using var client = await host.ConnectAsync();
        await host.Logs.FirstAsync(static entry => entry.Message.Contains("waiting for the setup", StringComparison.Ordinal), "the connection is open");

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1008, (await client.ExpectCloseAsync()).Code);
    }

    [Fact]
    public async Task GoAway_is_sent_a_minute_before_the_close()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), time: _time);
        await using var client = await host.OpenAsync();
        await client.EchoAsync("running");

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal("""{"goAway":{"timeLeft":"60s"}}""", (await client.ReceiveAsync()).Json.GetRawText());
        await client.EchoAsync("still heard");
        _time.Advance(TimeSpan.FromSeconds(60));

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1008, "The operation was aborted"), (close.Code, close.Reason));
    }

    [Fact]
    public async Task Lifetime_closes_with_1000_if_configured()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), static options => options.Sessions.CloseNormallyAfterGoAway = true, _time);
        await using var client = await host.OpenAsync();
        await client.EchoAsync("running");

        _time.Advance(TimeSpan.FromMinutes(9));
        await client.ReceiveUntilAsync(static f => f.Has("goAway"), "goAway");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1000, (await client.ExpectCloseAsync()).Code);
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData(""","contextWindowCompression":{"slidingWindow":{}}""", 10)]
    public async Task Resumed_session_has_the_rest_of_its_lifetime(string compression, int minutesLeft)
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, time: _time);
        string Setup(string handle) => $$$$"""{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{"handle":"{{{{handle}}}}"}{{{{compression}}}}}}""";
        string handle;
        await using (var first = await host.OpenAsync(Setup("")))
        {
            (await model.FirstSessionAsync()).Output.Checkpoint("state");
            handle = (await first.ReceiveUntilAsync(static f => f.NewHandle() is not null, "a handle")).NewHandle()!;
        }
        _time.Advance(TimeSpan.FromMinutes(10));
        await using var second = await host.OpenAsync(Setup(handle));
        await second.EchoAsync("resumed");

        _time.Advance(TimeSpan.FromMinutes(minutesLeft - 1));
        await second.ReceiveUntilAsync(static f => f.Has("goAway"), "goAway");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1008, (await second.ExpectCloseAsync()).Code);
    }

    [Fact]
    public async Task Shutdown_sends_goAway_and_closes_with_1001()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), static options => options.Connections.DrainTime = TimeSpan.FromMilliseconds(1));
        await using var client = await host.OpenAsync();
        await using var late = await host.ConnectAsync();

        var stopping = host.StopAsync();

        Assert.True((await client.ReceiveAsync()).Has("goAway"));
        Assert.Equal(1001, (await client.ExpectCloseAsync()).Code);
        Assert.Equal(1001, (await late.ExpectCloseAsync()).Code);
        await Expect.WithinAsync(stopping, "the host stops");
    }
}
