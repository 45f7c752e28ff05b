using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;
using Parley.TestKit;

namespace Parley.Client.Tests.Resumption;

/// <summary>A connection is lost between the end of a turn and its handle: the resumed model generates the turn again.</summary>
public class RepeatedTurnTests
{
    private const string Call = """{"id":"c1","name":"look"}""";

    private static readonly byte[] Question = new byte[640];

    [Fact]
    public async Task A_question_after_it_does_not_interrupt_it()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await AnswerFirstAsync(peer, lastConsumed: 0);
                Assert.Equal("two", await peer.ExpectTextAsync());
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await RepeatAsync(peer);
                Assert.Equal("two", await peer.ExpectTextAsync());
                await EndWithAsync(peer, "Second.");
            });
        var looked = 0;
        await using var session = await ConnectAsync(server, () => looked++);

        Assert.Equal("First.", (await session.AskAsync("one")).Text);
        Assert.Equal("Second.", (await session.AskAsync("two")).Text);

        await session.ReadToEndAsync();
        Assert.Equal(1, looked);
    }

    [Fact]
    public async Task A_question_that_is_asked_without_a_connection_does_not_interrupt_it()
    {
        var hold = new SyncPoint("the second connection");
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await AnswerFirstAsync(peer, lastConsumed: 0);
                peer.Cut();
            },
            async peer =>
            {
                await peer.ExpectSetupAsync();
                await hold.PassAsync();
                await peer.SendAsync(ScriptedPeer.SetupComplete);
                await RepeatAsync(peer);
                Assert.Equal("two", await peer.ExpectTextAsync());
                await EndWithAsync(peer, "Second.");
            });
        await using var session = await ConnectAsync(server);
        await session.AskAsync("one");
        await session.NextAsync<ReconnectingUpdate>();

        var answer = session.AskAsync("two");
        await hold.ReachedAsync();
        hold.Release();

        Assert.Equal("Second.", (await answer).Text);
        await session.ReadToEndAsync();
    }

    [Fact]
    public async Task A_question_that_is_asked_while_it_is_repeated_does_not_interrupt_it()
    {
        var repeating = new SyncPoint("the repeated call");
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await AnswerFirstAsync(peer, lastConsumed: 0);
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await RepeatAsync(peer, repeating);
                Assert.Equal("two", await peer.ExpectTextAsync());
                await EndWithAsync(peer, "Second.");
            });
        await using var session = await ConnectAsync(server);
        await session.AskAsync("one");
        await session.NextAsync<ReconnectedUpdate>();
        await repeating.ReachedAsync();

        var sending = session.SendTextAsync("two").AsTask();
        Assert.False(sending.IsCompleted);
        repeating.Release();

        await Expect.WithinAsync(sending, "the question is sent");
        Assert.Equal("Second.", string.Concat((await session.ReadToEndAsync()).OfType<TextUpdate>().Select(static text => text.Text)));
    }

    [Fact]
    public async Task Speech_after_it_does_not_interrupt_it_and_it_is_not_heard_twice()
    {
        var heard = new SyncPoint("the second speech");
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1", lastConsumed: 0));
                await ExpectAudioAsync(peer);
                await peer.SendAsync(Wire.Audio([1, 0, 2, 0]));
                await peer.SendAsync(Wire.TurnComplete);
                await ExpectAudioAsync(peer);
                await heard.PassAsync();
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await ExpectAudioAsync(peer);
                await peer.SendAsync(Wire.Calls(Call));
                Assert.True((await peer.ExpectAsync()).TryGetProperty("toolResponse", out _));
                await peer.SendAsync(Wire.Audio([1, 0, 2, 0]));
                await peer.SendAsync(Wire.TurnComplete);
                await ExpectAudioAsync(peer);
                await peer.SendAsync(Wire.Audio([3, 0]));
                await peer.SendAsync(Wire.TurnComplete);
                await peer.CloseAsync(1000);
            });
        await using var session = await ConnectAsync(server);
        await session.SendAudioAsync(Question);
        var first = await session.NextAsync<AudioUpdate>();
        await session.NextAsync<TurnCompleteUpdate>();
        await session.SendAudioAsync(Question);
        await heard.ReachedAsync();
        heard.Release();

        var rest = (await session.ReadToEndAsync()).OfType<AudioUpdate>();

        Assert.Equal([1, 0, 2, 0, 3, 0], rest.Prepend(first).SelectMany(static audio => audio.Pcm.ToArray()).Select(static b => (int)b));
    }

    [Fact]
    public async Task A_question_that_interrupted_it_is_resent_at_once()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1", lastConsumed: 0));
                Assert.Equal("one", await peer.ExpectTextAsync());
                await peer.SendAsync(Wire.Text("First"));
                Assert.Equal("two", await peer.ExpectTextAsync());
                await peer.SendAsync("""{"serverContent":{"interrupted":true}}""");
                await peer.SendAsync(Wire.TurnComplete);
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.Equal("one", await peer.ExpectTextAsync());
                Assert.Equal("two", await peer.ExpectTextAsync());
                await EndWithAsync(peer, "Second.");
            });
        await using var session = await ConnectAsync(server);
        await session.SendTextAsync("one");
        await session.NextAsync<TextUpdate>();
        await session.SendTextAsync("two");

        Assert.Equal(2, (await session.NextAsync<ReconnectedUpdate>()).Resent);
        await session.EndAsync();
    }

    [Fact]
    public async Task Another_lost_connection_repeats_what_is_left_in_the_same_order()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await AnswerFirstAsync(peer, lastConsumed: 0);
                Assert.Equal("two", await peer.ExpectTextAsync());
                await peer.SendAsync(Wire.Text("Second."));
                await peer.SendAsync(Wire.TurnComplete);
                Assert.Equal("three", await peer.ExpectTextAsync());
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await RepeatAsync(peer);
                Assert.Equal("two", await peer.ExpectTextAsync());
                await peer.SendAsync(Wire.Text("Sec"));
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await RepeatAsync(peer);
                Assert.Equal("two", await peer.ExpectTextAsync());
                await peer.SendAsync(Wire.Calls("""{"id":"c2","name":"look"}"""));
                Assert.True((await peer.ExpectAsync()).TryGetProperty("toolResponse", out _));
                await peer.SendAsync(Wire.Text("Second."));
                await peer.SendAsync(Wire.TurnComplete);
                Assert.Equal("three", await peer.ExpectTextAsync());
                await EndWithAsync(peer, "Third.");
            });
        await using var session = await ConnectAsync(server);

        Assert.Equal("First.", (await session.AskAsync("one")).Text);
        Assert.Equal("Second.", (await session.AskAsync("two")).Text);
        Assert.Equal("Third.", (await session.AskAsync("three")).Text);
        await session.ReadToEndAsync();
    }

    [Fact]
    public async Task A_model_that_does_not_repeat_it_gets_the_next_question_after_ten_seconds()
    {
        var clock = new ArmedClock();
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await AnswerFirstAsync(peer, lastConsumed: 0);
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.Equal("one", await peer.ExpectTextAsync());
                Assert.Equal("two", await peer.ExpectTextAsync());
                await peer.CloseAsync(1000);
            });
        await using var session = await ConnectAsync(server, clock: clock);
        await session.AskAsync("one");
        await session.NextAsync<ReconnectedUpdate>();

        var sending = session.SendTextAsync("two").AsTask();
        await clock.ArmedAsync(TimeSpan.FromSeconds(10));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(10));

        await Expect.WithinAsync(sending, "the question is sent");
        await session.EndAsync();
    }

    private static Task<LiveSession> ConnectAsync(ScriptedLiveServer server, Func<int>? look = null, TimeProvider? clock = null) => server.ConnectAsync(
        new LiveSetup { Model = "gemini-test", Tools = [AIFunctionFactory.Create(look ?? (static () => 1), "look")] },
        options =>
        {
            options.Resumption.Transparent = true;
            options.Resumption.FirstDelay = TimeSpan.Zero;
            options.TimeProvider = clock ?? TimeProvider.System;
        });

    private static async Task AnswerFirstAsync(ScriptedPeer peer, long lastConsumed)
    {
        await peer.AcceptSetupAsync();
        await peer.SendAsync(Wire.Handle("h1", lastConsumed));
        await RepeatAsync(peer);
    }

    // The client runs the function between a question and the rest of its answer, so that whatever it sent too early would arrive in its place.
    private static async Task RepeatAsync(ScriptedPeer peer, SyncPoint? before = null)
    {
        Assert.Equal("one", await peer.ExpectTextAsync());
        if (before is not null)
            await before.PassAsync();
        await peer.SendAsync(Wire.Calls(Call));
        Assert.True((await peer.ExpectAsync()).TryGetProperty("toolResponse", out _));
        await peer.SendAsync(Wire.Text("First."));
        await peer.SendAsync(Wire.TurnComplete);
    }

    private static async Task EndWithAsync(ScriptedPeer peer, string text)
    {
        await peer.SendAsync(Wire.Text(text));
        await peer.SendAsync(Wire.TurnComplete);
        await peer.CloseAsync(1000);
    }

    private static async Task ExpectAudioAsync(ScriptedPeer peer) =>
        Assert.True((await peer.ExpectAsync()).GetProperty("realtimeInput").TryGetProperty("audio", out _));
}
