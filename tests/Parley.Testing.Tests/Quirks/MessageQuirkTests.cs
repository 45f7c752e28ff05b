using System.Net.WebSockets;
using System.Text;
using Parley.Client;
using Parley.Protocol;
using Parley.Server;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Tests.Quirks;

/// <summary>Quirks of what the server sends in an answer: on the wire, and in a client that survives them.</summary>
public sealed class MessageQuirkTests : IAsyncLifetime
{
    private const string Story = "Once upon a time there was a king.";

    private LiveTestServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<LiveSessionResponse> Sent => _server.Journal.Entries.Select(static entry => entry.Response).OfType<LiveSessionResponse>();

    private IEnumerable<int> AudioParts => Sent.SelectMany(static message => message.ServerContent?.ModelTurn?.Parts ?? []).Select(static part => part.InlineData?.Data?.Length).OfType<int>();

    public async ValueTask InitializeAsync()
    {
        _server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        _server.When("story").Says(Story);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Binary_frames_with_indented_json_are_read()
    {
        _server.Quirks.Enable(Quirk.BinaryFrames);
        await using var session = await ConnectAsync();

        Assert.Equal(Story, (await session.AskAsync("story", Cancellation)).Text);

        var sent = _server.Journal.Entries.Where(static entry => entry.Direction == LiveDirection.ToClient).ToList();
        Assert.All(sent, static entry => Assert.Equal(WebSocketMessageType.Binary, entry.Type));
        Assert.Contains(sent, static entry => Encoding.UTF8.GetString(entry.Payload.Span).StartsWith("{\n  \"serverContent\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Empty_messages_open_no_turn()
    {
        _server.Quirks.Enable(Quirk.EmptyMessages);
        await using var call = await Conversing.StartAsync(_server);

        await call.Session.SendTextAsync("story", Cancellation);
        await call.TurnsAsync(1);
        await _server.QuietAsync(Cancellation);

        Assert.Contains(_server.Journal.Entries, static entry => Encoding.UTF8.GetString(entry.Payload.Span) == "{}");
        Assert.Contains(_server.Journal.Entries, static entry => Encoding.UTF8.GetString(entry.Payload.Span) == """{"serverContent":{}}""");
        Assert.Contains(Sent, static message => message is { UsageMetadata: not null, ServerContent: null });
        Assert.Equal(Story, call.Said);
        Assert.Single(call.Updates.OfType<TurnCompleteUpdate>());
        Assert.Single(call.Updates.OfType<AudioUpdate>().Select(static audio => audio.Turn).Distinct());
        Assert.Equal(ToneVoice.Speak(Story, null).Length, call.Updates.OfType<AudioUpdate>().Sum(static audio => audio.Pcm.Length));
    }

    [Fact]
    public async Task Merged_messages_are_taken_whole()
    {
        _server.Quirks.Enable(Quirk.MergedMessages);
        await using var session = await ConnectAsync();

        var answer = await session.AskAsync("story", Cancellation);

        Assert.Contains(Sent, static message => message.ServerContent?.ModelTurn?.Parts?.Count == 2);
        Assert.Single(Sent, static message => message is { ServerContent: { GenerationComplete: true, TurnComplete: true }, UsageMetadata: not null });
        Assert.DoesNotContain(Sent, static message => message.ServerContent is { GenerationComplete: true, TurnComplete: not true });
        Assert.Equal(ToneVoice.Speak(Story, null), answer.Audio.ToArray());
    }

    [Fact]
    public async Task Odd_audio_parts_are_put_together()
    {
        _server.Quirks.Enable(Quirk.OddAudioParts);
        await using var call = await Conversing.StartAsync(_server);

        await call.Session.SendTextAsync("story", Cancellation);
        await call.TurnsAsync(1);

        Assert.Equal(2, AudioParts.First());
        Assert.Contains(AudioParts, static bytes => bytes % 2 == 1);
        Assert.All(call.Updates.OfType<AudioUpdate>(), static audio => Assert.Equal(0, audio.Pcm.Length % 2));
        Assert.Equal(ToneVoice.Speak(Story, null), call.Updates.OfType<AudioUpdate>().SelectMany(static audio => audio.Pcm.ToArray()));
    }

    [Fact]
    public async Task Early_turn_complete_ends_an_answer_and_the_next_is_whole()
    {
        _server.Quirks.Enable(Quirk.EarlyTurnComplete);
        await using var session = await ConnectAsync();

        var cut = await session.AskAsync("story", Cancellation);
        var whole = await session.AskAsync("story", Cancellation);

        Assert.DoesNotContain(Sent, static message => message.ServerContent?.Interrupted is true);
        Assert.Equal(3 * 40 * 48, cut.Audio.Length);
        Assert.StartsWith(cut.Text, Story, StringComparison.Ordinal);
        Assert.Equal(Story, whole.Text);
    }

    [Fact]
    public async Task Empty_turn_ends_the_question_without_an_answer()
    {
        _server.Quirks.Enable(Quirk.EmptyTurns);
        await using var session = await ConnectAsync();

        var empty = await session.AskAsync("story", Cancellation);

        Assert.Equal((0, ""), (empty.Audio.Length, empty.Text));
        Assert.Empty(AudioParts);
        Assert.Equal(Story, (await session.AskAsync("story", Cancellation)).Text);
    }

    [Fact]
    public async Task Stray_interrupted_belongs_to_no_turn()
    {
        _server.Quirks.Enable(Quirk.StrayInterrupted);
        await using var session = await ConnectAsync();

        foreach (var _ in Enumerable.Range(0, 3))
        {
            var answer = await session.AskAsync("story", Cancellation);
            Assert.Equal((Story, false), (answer.Text, answer.WasInterrupted));
        }

        Assert.Equal(3, Sent.Count(static message => message.ServerContent?.Interrupted is true));
    }

    [Fact]
    public async Task Late_transcripts_belong_to_their_answer_and_stray_ones_to_none()
    {
        _server.Quirks.Enable(Quirk.LateTranscripts);
        await using var session = await ConnectAsync();

        var first = await session.AskAsync("story", Cancellation);
        await _server.AdvanceAsync(TimeSpan.FromSeconds(2), Cancellation);
        var second = await session.AskAsync("story", Cancellation);

        var kinds = Sent.Where(static message => message.ServerContent is { ModelTurn: not null } or { OutputTranscription: not null }).Select(static message => message.ServerContent!.ModelTurn is not null);
        Assert.Equal([true, false, true, false], kinds.Aggregate(new List<bool>(), static (runs, isAudio) => runs.Count > 0 && runs[^1] == isAudio ? runs : [.. runs, isAudio]));
        Assert.Single(Sent, static message => message.ServerContent?.OutputTranscription?.Text == "Thank you for watching.");
        Assert.Equal((Story, Story), (first.Text, second.Text));
    }

    [Fact]
    public async Task Ragged_transcripts_keep_their_spaces()
    {
        _server.Quirks.Enable(Quirk.RaggedTranscripts);
        await using var session = await ConnectAsync();

        var answer = await session.AskAsync("story", Cancellation);

        var pieces = Sent.Select(static message => message.ServerContent?.OutputTranscription?.Text).OfType<string>().ToList();
        Assert.All(pieces.Skip(1), static piece => Assert.StartsWith(" ", piece, StringComparison.Ordinal));
        Assert.Equal(Story, answer.Text);
    }

    [Fact]
    public async Task Handles_that_nobody_asked_for_are_not_used()
    {
        _server.Quirks.Enable(Quirk.UnrequestedHandles);
        await using var call = await Conversing.StartAsync(_server, null, static options => options.Resumption.Enabled = false);
        await call.Session.SendTextAsync("story", Cancellation);
        await call.TurnsAsync(1);
        await _server.QuietAsync(Cancellation);

        _server.CutConnections();
        var end = await Expect.WithinAsync(call.Session.Completion, "the session ends", Cancellation);

        Assert.Contains(Sent, static message => message.SessionResumptionUpdate?.NewHandle == "not-requested-1");
        Assert.Null(_server.Journal.Setup.SessionResumption);
        Assert.Equal((EndCause.Network, 1), (end.Cause, _server.Journal.Connections));
    }

    [Fact]
    public async Task Vertex_usage_is_counted_and_thoughts_are_no_part_of_the_answer()
    {
        _server.Quirks.Enable(Quirk.VertexForms, Quirk.ThoughtsInAudio);
        await using var session = await ConnectAsync();

        var answer = await session.AskAsync("story", Cancellation);

        var usage = Sent.Select(static message => message.UsageMetadata).OfType<UsageMetadata>().Single();
        Assert.Equal((true, null), (usage.CandidatesTokenCount > 0, usage.ResponseTokenCount));
        Assert.Equal((long?)usage.CandidatesTokenCount, answer.Usage.ResponseTokens);
        Assert.Contains(Sent, static message => message.ServerContent?.ModelTurn?.Parts?[0].Thought is true);
        Assert.Equal((Story, ToneVoice.Speak(Story, null).Length), (answer.Text, answer.Audio.Length));
    }

    [Fact]
    public async Task Fast_answer_is_there_at_once_and_can_be_dropped()
    {
        _server.Quirks.Enable(Quirk.FastAnswers);
        _server.When("long").Says("Hm.", new SpokenReply { Duration = TimeSpan.FromSeconds(20), Every = TimeSpan.FromMilliseconds(40) });
        await using var session = await ConnectAsync();

        await session.SendTextAsync("long", Cancellation);
        await _server.QuietAsync(Cancellation);
        Assert.Equal(20 * 48_000, AudioParts.Sum());
        Assert.Equal(TimeSpan.Zero, _server.Clock.Elapsed);

        await session.InterruptAsync(Cancellation);
        var answer = await session.AskAsync("story", Cancellation);

        Assert.Equal((Story, ToneVoice.Speak(Story, null).Length), (answer.Text, answer.Audio.Length));
    }

    [Fact]
    public async Task Echo_that_interrupts_leaves_an_empty_answer_and_the_next_is_whole()
    {
        _server.Quirks.Enable(Quirk.EchoInterrupts);
        await using var session = await ConnectAsync();

        var silent = await session.AskAsync("story", Cancellation);

        Assert.Equal(0, silent.Audio.Length);
        Assert.Single(Sent, static message => message.ServerContent?.Interrupted is true);
        Assert.Equal(Story, (await session.AskAsync("story", Cancellation)).Text);
    }

    [Fact]
    public async Task Unanswered_turns_are_noticed_and_the_session_goes_on()
    {
        _server.Quirks.Enable(Quirk.UnansweredTurns).Seed = 3;
        await using var session = await ConnectAsync();
        var answered = new List<bool>();
        for (var i = 0; i < 25; i++)
        {
            var asking = session.AskAsync("story", Cancellation);
            await _server.QuietAsync(Cancellation);
            if (!asking.IsCompleted)
                await _server.AdvanceAsync(TimeSpan.FromSeconds(31), Cancellation);
            answered.Add((await Record.ExceptionAsync(() => asking)) is null);
            if (!answered[^1])
                await Assert.ThrowsAsync<TimeoutException>(() => asking);
            else
                Assert.Equal(Story, (await asking).Text);
        }

        var random = new Random(3);
        Assert.Equal(Enumerable.Range(0, 25).Select(_ => random.NextDouble() >= 0.22), answered);
        Assert.Contains(false, answered);
        Assert.Contains(true, answered);
    }

    private Task<LiveSession> ConnectAsync() => _server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, Cancellation);
}
