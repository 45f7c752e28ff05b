using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Sessions;
using Parley.Server.Sockets;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Attacks;

/// <summary>
/// Attacks end with the documented close code, leave no resources allocated, and do not affect another session that talks meanwhile.
/// <c>PARLEY_LONG=1</c> opens ten thousand connections instead of a thousand.
/// </summary>
public sealed class AttackTests
{
    private static readonly int ManyOpens = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 10_000 : 1_000;

    private readonly EchoModel _model = new();
    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public Task Oversized_messages_do_not_affect_other_sessions() => AttackAsync(async (host, victim) =>
    {
        foreach (var (message, code) in ((string Message, int Code)[])[
            (LiveTestHost.Setup.Insert(1, new string(' ', 2 << 20)), 1009),
            (new string('x', 5 << 20), 1009)])
        {
            await using var attacker = await host.ConnectAsync();
            await SendUntilClosedAsync(attacker, message);
            Assert.Equal(code, (await attacker.ExpectCloseAsync()).Code);
            await victim.TalkAsync();
        }
        foreach (var message in (string[])[
            $$$"""{"realtimeInput":{"text":"{{{new string('x', 300 << 10)}}}"}}""",
            $$$"""{"toolResponse":{"functionResponses":[{"id":"a","response":{"x":"{{{new string('x', 2 << 20)}}}"}}]}}""",
            new string('x', 5 << 20)])
        {
            await using var attacker = await host.OpenAsync();
            await SendUntilClosedAsync(attacker, message);
            Assert.Equal(1009, (await attacker.ExpectCloseAsync(skipMessages: true)).Code);
            await victim.TalkAsync();
        }
    });

    [Fact]
    public Task One_byte_frames_close_with_1008() => AttackAsync(async (host, victim) =>
    {
        await using var attacker = await RawClient.OpenAsync(host);
        await attacker.SendAsync(RawClient.Frame(RawClient.TextBegins, "{"u8));
        var flood = attacker.FloodAsync(RawClient.Frame(RawClient.Continues, " "u8));

        Assert.Equal(1008, await attacker.ReadCloseAsync());
        await victim.TalkAsync();
        await EndAsync(attacker, flood);
    });

    [Fact]
    public Task Endless_empty_fragments_close_with_1008() => AttackAsync(async (host, victim) =>
    {
        await using var attacker = await RawClient.OpenAsync(host);
        await attacker.SendAsync(RawClient.Frame(RawClient.TextBegins, []));
        var flood = attacker.FloodAsync(RawClient.Frame(RawClient.Continues, []));

        Assert.Equal(1008, await attacker.ReadCloseAsync());
        await victim.TalkAsync();
        await EndAsync(attacker, flood);
    });

    [Fact]
    public Task Ping_flood_closes_with_1008() => AttackAsync(async (host, victim) =>
    {
        await using var attacker = await RawClient.OpenAsync(host);
        var flood = attacker.FloodAsync(RawClient.Frame(RawClient.Ping, "anybody there?"u8));

        Assert.Equal(1008, await attacker.ReadCloseAsync());
        await victim.TalkAsync();
        // Without advancing the clock: a client that keeps pinging is aborted before the close timeout.
        await Expect.WithinAsync(flood, "the attacker is disconnected");
        await attacker.ReadToEndAsync();
    });

    [Fact]
    public Task Client_that_never_reads_is_disconnected() => AttackAsync(async (host, victim) =>
    {
        await using var attacker = await StalledClient.OpenAsync(host, _model);
        for (var i = 0; i < 2_000; i++)
            attacker.Session.Output.Send(EchoSession.Text("read me"));

        await attacker.Session.Disposed.FirstAsync(static _ => true, "the session ends");
        await victim.TalkAsync();
    });

    [Fact]
    public Task Withheld_setup_closes_with_1008() => AttackAsync(async (host, victim) =>
    {
        var attackers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.ConnectAsync()));
        var closed = Task.WhenAll(attackers.Select(static attacker => attacker.ExpectCloseAsync()));
        await victim.TalkAsync();
        await _time.TimerAsync(LiveTestHost.Defaults.Connections.SetupTimeout, attackers.Length);
        _time.Advance(LiveTestHost.Defaults.Connections.SetupTimeout);

        Assert.All(await closed, static close => Assert.Equal(1008, close.Code));
        foreach (var attacker in attackers)
            await attacker.DisposeAsync();
    });

    [Fact]
    public Task Deeply_nested_JSON_is_refused() => AttackAsync(async (host, victim) =>
    {
        foreach (var deep in (string[])["{\"realtimeInput\":{\"text\":" + new string('[', (1 << 20) - 100), string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), new string('[', 1 << 20)])
        {
            await using var first = await host.ConnectAsync();
            await SendUntilClosedAsync(first, deep);
            Assert.Equal(1007, (await first.ExpectCloseAsync()).Code);
            await using var later = await host.OpenAsync();
            await SendUntilClosedAsync(later, deep);
            Assert.Equal(1007, (await later.ExpectCloseAsync()).Code);
            await victim.TalkAsync();
        }
    });

    [Fact]
    public Task Incomplete_message_closes_with_1008()
    {
        var grace = TimeSpan.FromSeconds(8);
        return AttackAsync(
            async (host, victim) =>
            {
                await using var beforeSetup = await RawClient.ConnectAsync(host);
                await beforeSetup.SendAsync(RawClient.Frame(RawClient.Text, "{\"setup\":"u8, announced: 1_000_000));
                await using var later = await RawClient.OpenAsync(host);
                await later.SendAsync(RawClient.Frame(RawClient.Text, "{\"realtimeInput\":"u8, announced: 1_000_000));
                await victim.TalkAsync();

                var closed = Task.WhenAll(beforeSetup.ReadCloseAsync(), later.ReadCloseAsync());
                await _time.TimerAsync(grace, count: 2);
                // The received bytes are worth some milliseconds beyond the grace period.
                _time.Advance(grace + TimeSpan.FromMilliseconds(100));

                var codes = await closed;
                Assert.Equal([1008, 1008], codes);
                await EndAsync(beforeSetup, Task.CompletedTask);
                await EndAsync(later, Task.CompletedTask);
            },
            options => options.Messages.Grace = grace);
    }

    [Fact]
    public Task Slow_message_closes_with_1008() => AttackAsync(async (host, victim) =>
    {
        await using var attacker = await RawClient.OpenAsync(host);
        await attacker.SendAsync(RawClient.Frame(RawClient.Text, "{"u8, announced: 1_000_000));
        var closed = attacker.ReadCloseAsync();
        await _time.TimerAsync(LiveTestHost.Defaults.Messages.Grace);
        // At ten bytes per second a message of this size would take a day. The bytes are worth a tenth of a second beyond the grace period.
        for (var tenths = 0; tenths <= 10 * LiveTestHost.Defaults.Messages.Grace.TotalSeconds; tenths++)
        {
            Assert.False(closed.IsCompleted);
            await attacker.SendAsync(" "u8.ToArray());
            _time.Advance(TimeSpan.FromSeconds(0.1));
        }

        Assert.Equal(1008, await closed);
        await victim.TalkAsync();
        await EndAsync(attacker, Task.CompletedTask);
    });

    [Fact]
    public Task Fragmented_ping_is_not_timed_as_a_slow_message() => AttackAsync(async (host, victim) =>
    {
        await using var client = await RawClient.OpenAsync(host);
        byte[] ping = [0x89, 0x80, 0, 0, 0, 0];
        await client.SendAsync(ping.AsMemory(0, 1));
        // Gives the server time to read it.
        await victim.TalkAsync();
        await client.SendAsync(ping.AsMemory(1));
        Assert.Equal(10, (await client.ReadFrameAsync()).Opcode);

        for (var second = 0; second < 25; second++)
            _time.Advance(TimeSpan.FromSeconds(1));
        await victim.TalkAsync();

        await client.SendAsync(ping);
        Assert.Equal(10, (await client.ReadFrameAsync()).Opcode);
    });

    [Fact]
    public Task Incomplete_messages_are_limited_by_the_input_budget() => AttackAsync(
        async (host, victim) =>
        {
            var half = RawClient.Frame(RawClient.Text, Encoding.UTF8.GetBytes("{\"realtimeInput\":{\"text\":\"" + new string('x', 40 << 10)), announced: 60 << 10);
            var attackers = new List<RawClient>();
            for (var i = 0; i < 4; i++)
            {
                attackers.Add(await RawClient.OpenAsync(host));
                await attackers[^1].SendAsync(half);
            }
            var first = await await Task.WhenAny(attackers.Select(static attacker => attacker.ReadCloseAsync()));

            Assert.Equal(1011, first);
            await victim.TalkAsync();
            foreach (var attacker in attackers)
                await attacker.DisposeAsync();
        },
        static options => (options.Messages.MaxBytes, options.Messages.MaxBufferedBytes) = (64 << 10, 128 << 10));

    [Fact]
    public async Task Connections_per_address_are_limited()
    {
        await using var host = await LiveTestHost.StartAsync(_model, static options => options.Connections.MaxOpensPerAddressPerMinute = 20, _time, app: static app => app.Use(static (context, next) =>
        {
            if (context.Request.Headers["x-test-address"].ToString() is { Length: > 0 } address)
                context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            return next(context);
        }));
        await using var victim = await Victim.OpenAsync(host);
        var path = $"{LiveTestHost.Path}?key={LiveTestHost.Key}";
        for (var i = 0; i < 20; i++)
            await using (await LiveSocket.ConnectAsync(host, path, options => options.SetRequestHeader("x-test-address", $"2001:db8:1:2::{i}")))
            {
            }

        Assert.Equal(HttpStatusCode.TooManyRequests, await host.ExpectRefusedAsync(path, static options => options.SetRequestHeader("x-test-address", "2001:db8:1:2::ffff")));
        await using (await LiveSocket.ConnectAsync(host, path, static options => options.SetRequestHeader("x-test-address", "2001:db8:1:3::1")))
        {
        }
        await victim.TalkAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        await using var again = await LiveSocket.ConnectAsync(host, path, static options => options.SetRequestHeader("x-test-address", "2001:db8:1:2::ffff"));
    }

    [Fact]
    public Task Connections_beyond_the_limit_get_503() => AttackAsync(
        async (host, victim) =>
        {
            var open = new List<LiveSocket>();
            var refused = 0;
            foreach (var batch in Enumerable.Range(0, ManyOpens).Chunk(50))
            {
                await Task.WhenAll(batch.Select(async _ =>
                {
                    try
                    {
                        var socket = await host.ConnectAsync();
                        lock (open)
                            open.Add(socket);
                    }
                    catch (WebSocketException)
                    {
                        Interlocked.Increment(ref refused);
                    }
                }));
                await victim.TalkAsync();
            }

            // Connections of the last batch may exceed the limit together.
            Assert.InRange(open.Count, 499, 499 + 50);
            Assert.Equal(ManyOpens - open.Count, refused);
            foreach (var socket in open)
                await socket.DisposeAsync();
        },
        static options => options.Connections.MaxConnections = 500);

    [Fact]
    public Task Replayed_token_is_refused() => AttackAsync(async (host, victim) =>
    {
        using var http = host.CreateClient();
        using var minted = await http.PostAsync(new Uri($"/v1beta/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), null);
        var token = JsonElement.Parse(await minted.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
        var forged = token[..^4] + (token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        await using (var first = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}"))
        {
            await first.SendJsonAsync(LiveTestHost.Setup);
            await first.ReceiveAsync();
        }

        for (var round = 0; round < 5; round++)
        {
            var closes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => ReplayAsync(i % 2 == 0 ? token : forged)));
            Assert.Equal(20, closes.Count(static close => close == (1008, LiveClose.TokenUsedUp.Reason)));
            Assert.Equal(20, closes.Count(static close => close == (1007, LiveClose.InvalidKey.Reason)));
            await victim.TalkAsync();
        }

        async Task<(int, string)> ReplayAsync(string shown)
        {
            await using var socket = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={shown}");
            await socket.SendJsonAsync(LiveTestHost.Setup);
            var close = await socket.ExpectCloseAsync();
            return (close.Code, close.Reason);
        }
    });

    [Fact]
    public Task Storm_of_closes_does_not_affect_other_sessions() => AttackAsync(async (host, victim) =>
    {
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
            {
                var socket = await host.ConnectAsync();
                if (i % 4 > 0)
                    await socket.SendJsonAsync(LiveTestHost.Setup);
                if (i % 4 > 1)
                    await socket.Socket.CloseOutputAsync(i % 4 == 2 ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.Empty, null, CancellationToken.None);
                await socket.DisposeAsync();
            }));
            await victim.TalkAsync();
        }
    });

    [Theory]
    [InlineData(RawClient.Text, 1007)]
    [InlineData(0x82, 1007)]
    [InlineData(0x83, 1002)]
    [InlineData(0xc1, 1002)]
    public Task Invalid_UTF8_and_invalid_frames_are_refused(byte head, int code) => AttackAsync(async (host, victim) =>
    {
        await using var attacker = await RawClient.OpenAsync(host);
        await attacker.SendAsync(RawClient.Frame(head, [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]));

        Assert.Equal(code, await attacker.ReadCloseAsync());
        await victim.TalkAsync();
        await EndAsync(attacker, Task.CompletedTask);
    });

    /// <summary>Runs an attack beside a normal session, then checks that no resources are left.</summary>
    private async Task AttackAsync(Func<InMemoryHost, Victim, Task> attack, Action<LiveApiOptions>? configure = null)
    {
        await using var host = await LiveTestHost.StartAsync(_model, configure, _time);
        await using var victim = await Victim.OpenAsync(host);

        await attack(host, victim);

        await victim.TalkAsync();
        await victim.DisposeAsync();
        var server = host.Services.GetRequiredService<ConnectionServices>();
        // The server waits for the answers to its closes until the close timeout, so the clock has to pass it.
        await _time.AdvanceUntilAsync(server.Registry.WhenEmptyAsync(), LiveTestHost.Defaults.Connections.CloseTimeout);
        Assert.Equal(0, server.InputBudget.UsedBytes);
        await using var next = await Victim.OpenAsync(host);
        Assert.Single(server.Registry.Sessions);
    }

    private async Task EndAsync(RawClient attacker, Task flood)
    {
        var end = Task.WhenAll(flood, attacker.ReadToEndAsync());
        await _time.AdvanceUntilAsync(end, LiveTestHost.Defaults.Connections.CloseTimeout);
    }

    private static async Task SendUntilClosedAsync(LiveSocket socket, string message)
    {
        try
        {
            await socket.Socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The server closed before it had received everything.
        }
    }

    private sealed class Victim(LiveSocket socket) : IAsyncDisposable
    {
        private int _said;

        public static async Task<Victim> OpenAsync(InMemoryHost host)
        {
            var victim = new Victim(await host.OpenAsync());
            await victim.TalkAsync();
            return victim;
        }

        public Task TalkAsync() => socket.EchoAsync($"word {++_said}");

        public ValueTask DisposeAsync() => socket.DisposeAsync();
    }
}
