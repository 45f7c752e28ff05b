using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Access;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Sessions;

/// <summary>A system clock that is set while the server runs: spans do not notice, and what has expired stays expired.</summary>
public sealed class ClockJumpTests
{
    private readonly JumpingClock _time = new();

    [Theory]
    [InlineData(-60)]
    [InlineData(120)]
    [InlineData(-10_000)]
    public async Task Lifetime_and_goAway_do_not_follow_the_clock(int minutes)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), time: _time);
        await using var client = await host.OpenAsync();
        await client.EchoAsync("running");

        _time.Jump = TimeSpan.FromMinutes(minutes);
        await client.EchoAsync("not disturbed");
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal("""{"goAway":{"timeLeft":"60s"}}""", (await client.ReceiveAsync()).Json.GetRawText());
        _time.Jump = TimeSpan.Zero;
        await client.EchoAsync("still heard");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((1008, "The operation was aborted"), await CloseAsync(client));
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(-10_000)]
    public async Task Expired_token_stays_expired_when_the_clock_is_set_back(int minutes)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), time: _time);
        var token = await MintAsync(host, "{}");
        _time.Advance(TimeSpan.FromMinutes(31));
        await RefusedAsync(host, token);

        _time.Jump = TimeSpan.FromMinutes(minutes);

        await RefusedAsync(host, token);
    }

    [Fact]
    public async Task Token_expires_in_time_though_the_clock_is_set_back()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), time: _time);
        var token = await MintAsync(host, """{"uses":0,"newSessionExpireTime":"2000-01-01T00:20:00Z"}""");
        _time.Jump = TimeSpan.FromHours(-1);
        await using (var client = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}"))
        {
            await client.SendJsonAsync(LiveTestHost.Setup);
            await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        }

        _time.Advance(TimeSpan.FromMinutes(31));

        await RefusedAsync(host, token);
    }

    [Fact]
    public void Wall_clock_follows_the_system_forward_and_never_back()
    {
        var clock = new WallClock(_time);
        var start = clock.Now;
        var random = new Random(4711);
        var last = start;
        for (var i = 0; i < 1_000; i++)
        {
            _time.Jump = TimeSpan.FromSeconds(random.Next(-10_000, 10_000));
            _time.Advance(TimeSpan.FromSeconds(random.Next(10)));
            var now = clock.Now;
            Assert.True(now >= last);
            Assert.True(now >= _time.GetUtcNow());
            last = now;
        }

        // Behind the highest value, it goes on at its usual speed.
        _time.Jump = TimeSpan.FromDays(-1);
        var before = clock.Now;
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(TimeSpan.FromSeconds(90), clock.Now - before);
    }

    private static async Task<(int, string?)> CloseAsync(LiveSocket client)
    {
        var close = await client.ExpectCloseAsync();
        return (close.Code, close.Reason);
    }

    private static async Task<string> MintAsync(InMemoryHost host, string request)
    {
        using var http = host.CreateClient();
        using var response = await http.PostAsJsonAsync(new Uri($"/v1alpha/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), JsonElement.Parse(request));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
    }

    private static async Task RefusedAsync(InMemoryHost host, string token)
    {
        await using var client = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}");
        await client.SendJsonAsync(LiveTestHost.Setup);
        Assert.InRange((await client.ExpectCloseAsync()).Code, 1007, 1008);
    }

    /// <summary>A clock whose date can be set without its timers and timestamps.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private readonly FakeTimeProvider _steady = new();

        public TimeSpan Jump { get; set; }

        public override long TimestampFrequency => _steady.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => _steady.GetUtcNow() + Jump;

        public override long GetTimestamp() => _steady.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            _steady.CreateTimer(callback, state, dueTime, period);

        public void Advance(TimeSpan time) => _steady.Advance(time);
    }
}
