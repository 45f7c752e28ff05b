using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Client.Tests.Resumption;

public class ResumingTests
{
    [Fact]
    public async Task A_lost_connection_is_replaced_with_the_newest_resumable_handle_and_the_same_setup()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync("""{"setupComplete":{"sessionId":"s-1"}}""");
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h2","resumable":true}}""");
                await peer.SendAsync("""{"sessionResumptionUpdate":{"resumable":false}}""");
                Assert.Equal("go", await peer.ExpectTextAsync());
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.Equal("""{"handle":"h2"}""", peer.Setup.GetProperty("sessionResumption").GetRawText());
                Assert.Equal("be brief", peer.Setup.GetProperty("systemInstruction").GetProperty("parts")[0].GetProperty("text").GetString());
                Assert.Equal("go", await peer.ExpectTextAsync());
                Assert.Equal("more", await peer.ExpectTextAsync());
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync(new LiveSetup { Model = "gemini-test", SystemInstruction = "be brief" });
        await session.NextAsync<ResumptionUpdate>();
        await session.NextAsync<ResumptionUpdate>();
        await session.NextAsync<ResumptionUpdate>();
        await session.SendTextAsync("go");

        var lost = await session.NextAsync<ReconnectingUpdate>();
        var back = await session.NextAsync<ReconnectedUpdate>();
        await session.SendTextAsync("more");

        Assert.Equal((EndCause.Network, false), (lost.Cause, lost.IsPlanned));
        Assert.Equal((true, true, 1, 1), (back.IsResumed, back.Lost.IsNothing, back.Resent, back.Attempts));
        Assert.True((await session.EndAsync()).IsNormal);
        Assert.Equal("s-1", session.SessionId);
    }

    [Fact]
    public async Task Rotation_starts_by_its_own_timer_before_goAway_runs_out_and_closes_first()
    {
        var clock = new FakeTimeProvider();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.SendAsync(Wire.Text("a long answer"));
                await peer.SendAsync("""{"goAway":{"timeLeft":"50s"}}""");
                Assert.Equal(1000, await peer.ExpectCloseAsync());
                closed.SetResult();
            },
            async peer =>
            {
                Assert.True(closed.Task.IsCompleted, "the old connection is closed before the new one resumes");
                await peer.AcceptSetupAsync();
                await peer.ExpectCloseAsync();
            });
        await using var session = await server.ConnectAsync(configure: options => options.TimeProvider = clock);
        await session.NextAsync<GoAwayUpdate>();

        clock.Advance(TimeSpan.FromSeconds(44));
        Assert.False(session.IsReconnecting);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await session.NextAsync<ReconnectingUpdate>()).IsPlanned);
        Assert.True((await session.NextAsync<ReconnectedUpdate>()).IsResumed);
    }

    [Fact]
    public async Task Rotation_starts_at_the_first_safe_point()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.SendAsync(Wire.Text("an answer"));
                await peer.SendAsync(Wire.GoAway(50));
                await peer.SendAsync("""{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}""");
                await peer.SendAsync(Wire.Handle("h2"));
                Assert.Equal("not yet", await peer.ExpectTextAsync());
                await peer.SendAsync(Wire.Text("the rest"));
                await peer.SendAsync("""{"serverContent":{"turnComplete":true,"interactionStatus":"IDLE"}}""");
                await peer.SendAsync(Wire.Handle("h3"));
                Assert.Equal(1000, await peer.ExpectCloseAsync());
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.Equal("h3", Handle(peer));
                await peer.ExpectCloseAsync();
            });
        await using var session = await server.ConnectAsync(configure: options => options.TimeProvider = new FakeTimeProvider());
        await session.NextAsync<ResumptionUpdate>();
        await session.NextAsync<ResumptionUpdate>();
        await session.SendTextAsync("not yet");

        var back = await session.NextAsync<ReconnectedUpdate>();

        Assert.Equal((true, true, 0), (back.IsResumed, back.Lost.IsNothing, back.Resent));
    }

    [Fact]
    public async Task An_open_call_delays_the_rotation_to_the_latest_time()
    {
        var clock = new FakeTimeProvider();
        var lookUp = new SyncPoint("the function");
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Calls("""{"id":"1","name":"look_up"}"""));
                await peer.SendAsync(Wire.TurnComplete);
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.SendAsync(Wire.GoAway(20));
                Assert.Equal("1", (await peer.ExpectAsync()).GetProperty("toolResponse").GetProperty("functionResponses")[0].GetProperty("id").GetString());
                await peer.SendAsync(Wire.Text("found"));
                await peer.SendAsync(Wire.TurnComplete);
                await peer.SendAsync(Wire.Handle("h2"));
                Assert.Equal(1000, await peer.ExpectCloseAsync());
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.ExpectCloseAsync();
            });
        var tool = LiveTool.Function(AIFunctionFactory.Create(() => lookUp.PassAsync(), "look_up"), Behavior.NonBlocking);
        await using var session = await server.ConnectAsync(new LiveSetup { Model = "gemini-test", Tools = [tool] }, options => options.TimeProvider = clock);
        await session.NextAsync<GoAwayUpdate>();

        clock.Advance(TimeSpan.FromSeconds(14));
        Assert.False(session.IsReconnecting);
        lookUp.Release();

        Assert.True((await session.NextAsync<ReconnectedUpdate>()).Lost.IsNothing);
    }

    [Fact]
    public async Task Audio_is_held_without_a_connection_and_the_oldest_is_dropped()
    {
        var answer = new SyncPoint("the second connection");
        var sound = new List<byte>();
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.SendAsync(Wire.Text("x"));
                peer.Cut();
            },
            async peer =>
            {
                await peer.ExpectSetupAsync();
                await answer.PassAsync();
                await peer.SendAsync(ScriptedPeer.SetupComplete);
                for (var i = 0; i < 3; i++)
                    sound.Add(Convert.FromBase64String((await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("audio").GetProperty("data").GetString()!)[0]);
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync(configure: options => options.Resumption.MaxHeldAudio = TimeSpan.FromMilliseconds(200));
        await session.NextAsync<ReconnectingUpdate>();
        await answer.ReachedAsync();

        for (byte i = 1; i <= 5; i++)
            await session.SendAudioAsync(Enumerable.Repeat(i, 3_200).ToArray()); // 100 ms each
        answer.Release();
        var back = await session.NextAsync<ReconnectedUpdate>();
        await session.SendAudioAsync(new byte[] { 9, 9 });
        await session.EndAsync();

        Assert.Equal([4, 5, 9], sound.Select(static b => (int)b));
        Assert.Equal(TimeSpan.FromMilliseconds(300), back.Lost.Audio);
        Assert.Equal(TimeSpan.FromMilliseconds(300), session.DroppedAudio);
    }

    [Fact]
    public async Task Input_right_after_a_reconnect_is_sent_after_held_input()
    {
        var answer = new SyncPoint("the second connection");
        var sound = new List<byte>();
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.SendAsync(Wire.Text("x"));
                peer.Cut();
            },
            async peer =>
            {
                await peer.ExpectSetupAsync();
                await answer.PassAsync();
                await peer.SendAsync(ScriptedPeer.SetupComplete);
                for (var i = 0; i < 2; i++)
                    sound.Add(Convert.FromBase64String((await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("audio").GetProperty("data").GetString()!)[0]);
                await peer.CloseAsync(1000);
            });
        LiveSession? session = null;
        var sending = Task.CompletedTask;
        // The log entry comes before the update.
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new Listener(
            said => sending = said.StartsWith("Reconnected", StringComparison.Ordinal) ? session!.SendAudioAsync(new byte[] { 9, 9 }).AsTask() : sending)));
        session = await server.ConnectAsync(configure: options =>
        {
            options.Resumption.MaxHeldAudio = TimeSpan.FromMilliseconds(100);
            options.LoggerFactory = loggers;
        });
        await using var _ = session;
        await session.NextAsync<ReconnectingUpdate>();
        await answer.ReachedAsync();

        await session.SendAudioAsync(Enumerable.Repeat((byte)1, 3_200).ToArray()); // 100 ms
        answer.Release();
        await session.NextAsync<ReconnectedUpdate>();
        await sending;
        await session.EndAsync();

        Assert.Equal([1, 9], sound.Select(static b => (int)b));
        Assert.Equal(TimeSpan.Zero, session.DroppedAudio);
    }

    private sealed class Listener(Action<string> heard) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            heard(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    [Fact]
    public async Task Messages_wait_for_the_connection_in_order_and_can_be_withdrawn()
    {
        var answer = new SyncPoint("the second connection");
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                peer.Cut();
            },
            async peer =>
            {
                await peer.ExpectSetupAsync();
                await answer.PassAsync();
                await peer.SendAsync(ScriptedPeer.SetupComplete);
                Assert.Equal("first", await peer.ExpectTextAsync());
                Assert.Equal("third", await peer.ExpectTextAsync());
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync();
        await session.NextAsync<ReconnectingUpdate>();
        await answer.ReachedAsync();
        using var changedMind = new CancellationTokenSource();

        var first = session.SendTextAsync("first").AsTask();
        var second = session.SendTextAsync("second", changedMind.Token).AsTask();
        var third = session.SendTextAsync("third").AsTask();
        await changedMind.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Expect.WithinAsync(second, "the second message is taken back"));
        Assert.False(first.IsCompleted);
        answer.Release();

        await Expect.WithinAsync(Task.WhenAll(first, third), "the others are sent");
        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task A_refused_handle_ends_the_session_with_its_cause_and_what_was_lost_before()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                peer.Cut();
            },
            async peer =>
            {
                await peer.ExpectSetupAsync();
                await peer.CloseAsync(1007, "Invalid session handle");
            });
        await using var session = await server.ConnectAsync();

        var end = await session.EndAsync();

        Assert.Equal((EndCause.InvalidHandle, 1007, 1, false), (end.Cause, end.CloseCode, end.ReconnectAttempts, end.IsNormal));
        Assert.Equal(EndCause.Network, end.LostConnection?.Cause);
        Assert.Null(end.ResumptionHandle);
    }

    [Fact]
    public async Task A_refused_handle_starts_a_fresh_session_if_that_is_allowed()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                Assert.Equal("what I asked", await peer.ExpectTextAsync());
                peer.Cut();
            },
            async peer =>
            {
                await peer.ExpectSetupAsync();
                await peer.CloseAsync(1008, "BidiGenerateContent session not found");
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.Equal("{}", peer.Setup.GetProperty("sessionResumption").GetRawText());
                Assert.Equal("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"so far"}]}],"turnComplete":false}}""", (await peer.ExpectAsync()).GetRawText());
                Assert.Equal("what I asked", await peer.ExpectTextAsync());
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync(configure: options =>
        {
            options.Resumption.AllowFreshSession = true;
            options.Resumption.FirstDelay = options.Resumption.MaxDelay = TimeSpan.Zero;
            options.Resumption.History = _ => ValueTask.FromResult<IReadOnlyList<Content>>([new Content { Role = "user", Parts = [new Part { Text = "so far" }] }]);
        });
        await session.NextAsync<ResumptionUpdate>();
        await session.SendTextAsync("what I asked");

        var back = await session.NextAsync<ReconnectedUpdate>();

        Assert.Equal((false, true, 2, 1), (back.IsResumed, back.Lost.Conversation, back.Attempts, back.Resent));
        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task A_refused_first_handle_starts_a_fresh_session_and_reports_it()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.ExpectSetupAsync();
                await peer.CloseAsync(1007, "Invalid session handle");
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.ExpectCloseAsync();
            });
        var setup = new LiveSetup { Model = "gemini-test", SessionResumption = new SessionResumptionConfig { Handle = "old" } };
        await using var session = await server.ConnectAsync(setup, options => options.Resumption.AllowFreshSession = true);

        Assert.False((await session.NextAsync<ReconnectedUpdate>()).IsResumed);
    }

    [Fact]
    public async Task Mid_session_changes_are_in_the_next_setup_and_history_is_not_announced_again()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.True(peer.Setup.TryGetProperty("historyConfig", out _));
                for (var i = 0; i < 3; i++)
                    await peer.ExpectAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.Equal("be kind", peer.Setup.GetProperty("systemInstruction").GetProperty("parts")[0].GetProperty("text").GetString());
                Assert.Equal("new_tool", peer.Setup.GetProperty("tools")[0].GetProperty("functionDeclarations")[0].GetProperty("name").GetString());
                Assert.False(peer.Setup.TryGetProperty("historyConfig", out _));
                await peer.ExpectCloseAsync();
            });
        await using var session = await server.ConnectAsync(new LiveSetup { Model = "gemini-test", SystemInstruction = "be brief", InitialHistory = true });
        await session.SendContentAsync("history");
        await session.SendContextUpdateAsync("be kind");
        await session.SendContextUpdateAsync(tools: [AIFunctionFactory.Create(() => 1, "new_tool")]);

        Assert.True((await session.NextAsync<ReconnectedUpdate>()).IsResumed);
    }

    [Fact]
    public async Task With_transparency_exactly_unconsumed_input_is_resent_and_nothing_is_heard_twice()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.True(peer.Setup.GetProperty("sessionResumption").GetProperty("transparent").GetBoolean());
                for (var i = 0; i < 4; i++)
                    await peer.ExpectAsync();
                await peer.SendAsync(Wire.Handle("h1", lastConsumed: 2));
                await peer.SendAsync(Wire.Audio([1, 0, 2, 0]));
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h2", lastConsumed: 0));
                Assert.Contains("audio/pcm", (await peer.ExpectAsync()).GetRawText(), StringComparison.Ordinal);
                Assert.Equal("four", await peer.ExpectTextAsync());
                await peer.SendAsync(Wire.Audio([1, 0]));
                await peer.SendAsync(Wire.Audio([2, 0, 3, 0]));
                await peer.SendAsync(Wire.TurnComplete);
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync(configure: options => options.Resumption.Transparent = true);
        await session.SendTextAsync("one");
        await session.SendAudioAsync(new byte[640]);
        await session.SendAudioAsync(new byte[640]);
        await session.SendTextAsync("four");

        var updates = await session.ReadToEndAsync();

        Assert.Equal([1, 0, 2, 0, 3, 0], updates.OfType<AudioUpdate>().SelectMany(static audio => audio.Pcm.ToArray()).Select(static b => (int)b));
        Assert.Equal([1L], updates.OfType<AudioUpdate>().Select(static audio => audio.Turn).Distinct());
        Assert.Equal((2, true), (updates.OfType<ReconnectedUpdate>().Single().Resent, updates.OfType<ReconnectedUpdate>().Single().Lost.IsNothing));
    }

    [Fact]
    public async Task A_repeated_answer_can_be_delivered_in_full()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.ExpectTextAsync();
                await peer.SendAsync(Wire.Text("It is "));
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.ExpectTextAsync();
                await peer.SendAsync(Wire.Text("It is "));
                await peer.SendAsync(Wire.Text("sunny."));
                await peer.SendAsync(Wire.TurnComplete);
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync(configure: options => options.Resumption.RepeatedAnswer = RepeatedAnswer.Restart);
        await session.SendTextAsync("How is the weather?");

        var updates = await session.ReadToEndAsync();

        Assert.Equal(
            ["It is ", "cut", "It is ", "sunny."],
            updates.Select(static update => update switch { TextUpdate text => text.Text, InterruptedUpdate => "cut", _ => "" }).Where(static s => s.Length > 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connections_overlap_only_if_the_server_allows_it(bool allowed)
    {
        var connections = 0;
        var oldClosed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            switch (Interlocked.Increment(ref connections))
            {
                case 1:
                    await peer.AcceptSetupAsync();
                    await peer.SendAsync(Wire.Handle("h1"));
                    await peer.SendAsync(Wire.GoAway(50));
                    Assert.Equal(1000, await peer.ExpectCloseAsync());
                    oldClosed.SetResult();
                    break;
                case 2 when !allowed:
                    Assert.False(oldClosed.Task.IsCompleted);
                    await peer.ExpectSetupAsync();
                    await peer.CloseAsync(1011, "Internal error encountered.");
                    break;
                default:
                    Assert.Equal(!allowed, oldClosed.Task.IsCompleted);
                    await peer.AcceptSetupAsync();
                    await peer.ExpectCloseAsync();
                    break;
            }
        });
        await using var session = await server.ConnectAsync(configure: options => options.Resumption.OverlapConnections = true);

        Assert.True((await session.NextAsync<ReconnectedUpdate>()).IsResumed);
        Assert.Equal(allowed ? 2 : 3, connections);
    }

    [Fact]
    public async Task Closing_while_reconnecting_ends_at_once()
    {
        var hold = new SyncPoint("the second connection");
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                peer.Cut();
            },
            async peer =>
            {
                await peer.ExpectSetupAsync();
                await hold.PassAsync();
            });
        server.Abandon();
        var session = await server.ConnectAsync();
        await hold.ReachedAsync();

        var end = await Expect.WithinAsync(session.CloseAsync(), "hanging up ends");
        hold.Release();

        Assert.Equal((EndCause.ByClient, "h1"), (end.Cause, end.ResumptionHandle));
        await Assert.ThrowsAsync<LiveSessionException>(async () => await session.SendTextAsync("too late"));
    }

    private static string? Handle(ScriptedPeer peer) => peer.Setup.GetProperty("sessionResumption").GetProperty("handle").GetString();
}
