using Microsoft.Extensions.AI;
using Parley.Cascade.Answering;
using Parley.Cascade.Metrics;
using Parley.Protocol;
using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>Answers that are prepared in a pause of the user.</summary>
public sealed class SpeculationTests
{
    [Fact]
    public async Task An_answer_prepared_in_the_pause_is_sent_when_the_turn_ends_with_the_same_words()
    {
        var chatModel = StubChatModel.Saying("It is noon.");
        var synthesizer = new FakeSynthesizer();
        await using var rig = await StartAsync(chatModel, synthesizer, peek: "what time is it", final: "What time is it?");

        await PauseAsync(rig, synthesizer, "It is noon.");
        Assert.DoesNotContain("audio", rig.Output.Said.Snapshot);
        rig.BeSilent(0.6);

        await rig.ExpectAsync("turnComplete");
        Assert.Equal(["heard:What time is it?", "audio", "audio", "audio", "generationComplete", "turnComplete"], rig.Output.Said.Snapshot);
        Assert.Single(chatModel.Asked);
        Assert.Single(synthesizer.Asked);
        var turn = await rig.TurnAsync(1);
        Assert.Equal("completed", turn["outcome"]);
        Assert.InRange((double)turn[TurnMarks.FirstSentence]!, 150, 400);
        Assert.InRange((double)turn[TurnMarks.EndDecided]!, 780, 820);
        Assert.InRange((double)turn[TurnMarks.FirstAudible]!, 780, 1_000);
    }

    [Fact]
    public async Task Other_words_at_the_end_discard_the_prepared_answer_without_trace()
    {
        var chatModel = Echoing();
        var synthesizer = new FakeSynthesizer();
        await using var rig = await StartAsync(chatModel, synthesizer, peek: "what time", final: "what time is it");

        await PauseAsync(rig, synthesizer, "You said what time.");
        rig.BeSilent(0.6);

        await rig.ExpectAsync("turnComplete");
        Assert.Equal("You said what time is it.", rig.Output.Spoken);
        Assert.Equal(2, chatModel.Asked.Count);
        Assert.Equal(1, rig.Output.Said.Snapshot.Count(one => one == "turnComplete"));
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);

        // The history of the next turn has one user turn and one answer.
        var next = rig.NextAsync("turnComplete");
        rig.SayText("and now");
        await next;
        Assert.Equal(["what time is it", "You said what time is it.", "and now"], chatModel.Asked[^1].Select(message => message.Text.Trim()));
        Assert.Single(rig.Log.Entries, entry => entry.EventId.Id == EventIds.TurnEnded && Equals(entry.Values.First(value => value.Key == "Turn").Value, 1));
    }

    [Fact]
    public async Task A_user_who_goes_on_discards_the_prepared_answer_and_each_pause_prepares_at_most_one()
    {
        var chatModel = Echoing();
        var synthesizer = new FakeSynthesizer();
        await using var rig = await StartAsync(chatModel, synthesizer, peek: "tell me", final: "tell me a story");

        await PauseAsync(rig, synthesizer, "You said tell me.");
        rig.BeSilent(0.2);
        Assert.Single(chatModel.Asked);
        rig.Speak(0.5);
        Assert.Empty(rig.Output.Said.Snapshot);
        rig.BeSilent(1);

        await rig.ExpectAsync("turnComplete");
        Assert.Equal("You said tell me a story.", rig.Output.Spoken);
        Assert.DoesNotContain("interrupted", rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task A_function_call_is_held_until_the_turn_ends()
    {
        var asked = new EventLog<string>();
        var chatModel = new StubChatModel((messages, _, _) => Called(messages, asked));
        await using var rig = await StartAsync(chatModel, new FakeSynthesizer(), peek: "look", final: "look", Looking());

        Pause(rig);
        await asked.FirstAsync(_ => true, "the chat model has called", TestContext.Current.CancellationToken);
        Assert.Empty(rig.Output.Said.Snapshot);
        rig.BeSilent(0.6);

        await rig.ExpectAsync("call:look");
        Assert.Single(asked.Snapshot);
    }

    [Fact]
    public async Task A_function_call_of_a_discarded_answer_never_leaves()
    {
        var asked = new EventLog<string>();
        var chatModel = new StubChatModel((messages, _, _) =>
            messages[^1].Text == "look" ? Called(messages, asked) : StubChatModel.Stream([new TextContent("No.")]));
        await using var rig = await StartAsync(chatModel, new FakeSynthesizer(), peek: "look", final: "look not", Looking());

        Pause(rig);
        await asked.FirstAsync(_ => true, "the chat model has called", TestContext.Current.CancellationToken);
        rig.BeSilent(0.6);

        await rig.ExpectAsync("turnComplete");
        Assert.DoesNotContain("call:look", rig.Output.Said.Snapshot);
        Assert.Equal("No.", rig.Output.Spoken);
    }

    [Fact]
    public async Task Thoughts_are_held_and_precede_the_answer()
    {
        var chatModel = new StubChatModel((_, _, _) => StubChatModel.Stream([new TextReasoningContent("Hm."), new TextContent("Yes.")]));
        var synthesizer = new FakeSynthesizer();
        var setup = CascadeRig.Transcribed() with
        {
            GenerationConfig = new GenerationConfig { ThinkingConfig = new ThinkingConfig { IncludeThoughts = true } },
        };
        await using var rig = await StartAsync(chatModel, synthesizer, peek: "really", final: "really", setup);

        await PauseAsync(rig, synthesizer, "Yes.");
        Assert.DoesNotContain(rig.Output.Messages, message => message.ServerContent?.ModelTurn is not null);
        rig.BeSilent(0.6);

        await rig.ExpectAsync("turnComplete");
        Assert.Single(rig.Output.Messages, message => message.ServerContent?.ModelTurn?.Parts?[0].Thought is true);
    }

    [Fact]
    public async Task A_failure_of_the_prepared_answer_is_not_reported_and_the_answer_starts_over()
    {
        var failed = new EventLog<int>();
        var chatModel = new StubChatModel((_, _, _) => failed.Snapshot.Count == 0 ? Failing(failed) : StubChatModel.Stream([new TextContent("Yes.")]));
        await using var rig = await StartAsync(chatModel, new FakeSynthesizer(), peek: "really", final: "really");

        Pause(rig);
        await failed.FirstAsync(_ => true, "the chat model has failed", TestContext.Current.CancellationToken);
        rig.BeSilent(0.6);

        await rig.ExpectAsync("turnComplete");
        Assert.Equal("Yes.", rig.Output.Spoken);
        Assert.DoesNotContain(rig.Log.Entries, entry => entry.EventId.Id == EventIds.ChatModelFailed);
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
    }

    [Fact]
    public async Task Nothing_is_prepared_while_the_words_need_another()
    {
        var chatModel = Echoing();
        await using var rig = await StartAsync(chatModel, new FakeSynthesizer(), peek: "turn on the", final: "turn on the lights");
        var recognizer = (FakeRecognizer)rig.Recognizer!;

        rig.BeSilent(1);
        rig.Speak(1);
        recognizer.Utterances.Snapshot[^1].Understand("turn on the");
        await rig.ExpectAsync("interim:turn on the");
        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput() });
        rig.BeSilent(0.7);
        Assert.Equal(0, recognizer.Utterances.Snapshot[^1].Peeks);
        rig.BeSilent(0.7);
        Assert.Equal(1, recognizer.Utterances.Snapshot[^1].Peeks);
    }

    [Fact]
    public async Task A_session_that_ends_discards_the_prepared_answer()
    {
        var chatModel = Echoing();
        var synthesizer = new FakeSynthesizer();
        var rig = await StartAsync(chatModel, synthesizer, peek: "what time", final: "what time is it");
        await PauseAsync(rig, synthesizer, "You said what time.");
        await rig.DisposeAsync();
        Assert.DoesNotContain("audio", rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task A_recognizer_that_cannot_be_asked_in_the_pause_counts_with_its_partial_transcript()
    {
        var chatModel = Echoing();
        var synthesizer = new FakeSynthesizer();
        await using var rig = await StartAsync(chatModel, synthesizer, peek: null, final: "go ahead");
        var recognizer = (FakeRecognizer)rig.Recognizer!;

        rig.BeSilent(1);
        rig.Speak(1);
        recognizer.Utterances.Snapshot[^1].Understand("go ahead");
        await rig.ExpectAsync("interim:go ahead");
        rig.BeSilent(0.3);
        await synthesizer.SaysAsync("You said go ahead.");
        rig.BeSilent(0.6);
        await rig.ExpectAsync("turnComplete");
        Assert.Single(chatModel.Asked);
    }

    [Theory]
    [InlineData("what time is it", "What time is it?", true)]
    [InlineData("it's 3.5, right", "It's 3.5 right.", true)]
    [InlineData("it's 3.5", "it's 3 5", false)]
    [InlineData("what time is it", "what time is", false)]
    [InlineData("", "…", true)]
    public void Transcripts_are_equivalent_if_their_words_are(string one, string other, bool are) => Assert.Equal(are, Equivalence.OfWords(one, other));

    [Theory]
    [InlineData("parley", null, true)]
    [InlineData("ollama", "http://localhost:11434", true)]
    [InlineData("openai", "https://api.openai.com/v1", false)]
    [InlineData("someone", null, false)]
    public void Only_a_chat_model_on_this_machine_is_asked_in_vain(string provider, string? address, bool isLocal)
    {
        using var chatModel = new Described(new ChatClientMetadata(provider, address is null ? null : new Uri(address)));
        Assert.Equal(isLocal, LocalChatModel.Is(chatModel));
        using var calling = new FunctionInvokingChatClient(chatModel);
        Assert.False(LocalChatModel.Is(calling));
    }

    private static StubChatModel Echoing() =>
        new((messages, _, _) => StubChatModel.Stream([new TextContent($"You said {messages[^1].Text}.")]));

    private static async IAsyncEnumerable<AIContent> Called(IReadOnlyList<ChatMessage> messages, EventLog<string> asked)
    {
        await Task.CompletedTask;
        yield return new FunctionCallContent("x", "look");
        asked.Add(messages[^1].Text);
    }

    private static async IAsyncEnumerable<AIContent> Failing(EventLog<int> failed)
    {
        await Task.CompletedTask;
        failed.Add(1);
        if (failed.Snapshot.Count > 0)
            throw new InvalidOperationException("Out of memory.");
        yield break;
    }

    private static Setup Looking() =>
        CascadeRig.Transcribed() with { Tools = [new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "look" }] }] };

    private static Task<CascadeRig> StartAsync(StubChatModel chatModel, ISpeechSynthesizer synthesizer, string? peek, string final, Setup? setup = null)
    {
        var recognizer = FakeRecognizer.Hearing(final);
        recognizer.Peek = peek;
        var parts = RecognitionTests.Parts(recognizer, chatModel) with { Synthesizer = synthesizer };
        return CascadeRig.StartAsync(parts, setup, new CascadeOptions { SpeculateAnswers = true, AudioLead = TimeSpan.FromHours(1) });
    }

    private static void Pause(CascadeRig rig)
    {
        rig.BeSilent(1);
        rig.Speak(1);
        rig.BeSilent(0.3);
    }

    private static Task<string> PauseAsync(CascadeRig rig, FakeSynthesizer synthesizer, string sentence)
    {
        Pause(rig);
        return synthesizer.SaysAsync(sentence);
    }

    private sealed class Described(ChatClientMetadata about) : IChatClient
    {
        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? about : null;

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
