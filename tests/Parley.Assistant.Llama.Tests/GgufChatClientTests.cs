using System.Diagnostics;
using Microsoft.Extensions.AI;
using Parley.Assistant.Llama.Tests.Models;
using Parley.Speech;
using static Parley.Assistant.Llama.Tests.Models.TinyModel;

namespace Parley.Assistant.Llama.Tests;

/// <summary>Answers of generated models.</summary>
public sealed class GgufChatClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_streams_token_by_token()
    {
        using var model = Brief();
        using var client = model.OpenInWorker();

        var updates = await client.GetStreamingResponseAsync([User("One and one?")], Options(), Cancellation).ToListAsync(Cancellation);

        Assert.Equal(["It", " is", " two."], updates.Select(static update => update.Text).Where(static text => text.Length > 0));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.True(client.WorkerId > 0);
        Assert.Equal("gguf: tiny.gguf", client.GetService<ChatClientMetadata>() is { } about ? $"{about.ProviderName}: {about.DefaultModelId}" : null);
    }

    [Fact]
    public async Task A_turn_reads_only_what_is_new_in_its_conversation()
    {
        using var model = Brief();
        using var client = model.Open();
        List<ChatMessage> history = [User("One and one?")];

        var first = await client.GetResponseAsync(history, Options("a"), Cancellation);
        history.AddRange([Said("It is two."), User("And now?")]);
        // Another conversation in between does not make this one forget.
        await client.GetResponseAsync([User("Hello")], Options("b"), Cancellation);
        var second = await client.GetResponseAsync(history, Options("a"), Cancellation);

        Assert.Equal(0, UsageOf(first).CachedInputTokenCount);
        Assert.Equal(UsageOf(first).InputTokenCount + UsageOf(first).OutputTokenCount - 1, UsageOf(second).CachedInputTokenCount);
        Assert.True(UsageOf(second).InputTokenCount > UsageOf(second).CachedInputTokenCount);
    }

    [Fact]
    public async Task More_conversations_than_the_model_keeps_are_answered_in_turn()
    {
        using var model = Brief();
        using var client = model.Open(options => options.Conversations = 2);

        var answers = await Task.WhenAll(Enumerable.Range(0, 7).Select(i =>
            client.GetResponseAsync([User($"Question {i}, and some more words")], Options($"s{i}"), Cancellation)));

        Assert.All(answers, static answer => Assert.Equal("It is two.", answer.Text));
    }

    [Fact]
    public async Task Two_answers_grow_at_the_same_time()
    {
        using var model = Endless();
        using var client = model.Open();
        await using var first = client.GetStreamingResponseAsync([User("Talk")], Options("a"), Cancellation).GetAsyncEnumerator(Cancellation);
        await using var second = client.GetStreamingResponseAsync([User("Talk, too")], Options("b"), Cancellation).GetAsyncEnumerator(Cancellation);

        for (var i = 0; i < 5; i++)
        {
            Assert.True(await first.MoveNextAsync());
            Assert.True(await second.MoveNextAsync());
        }
    }

    [Fact]
    public async Task An_interrupted_answer_makes_room_and_its_conversation_keeps_its_tokens()
    {
        using var model = Endless();
        using var client = model.Open(static options => options.Conversations = 1);
        var heard = await FirstPiecesAsync(client, [User("Talk")], Options("a"), 4);

        var options = Options("a");
        options.MaxOutputTokens = 3;
        var next = await client.GetResponseAsync([User("Talk"), Said(heard), User("Stop")], options, Cancellation);

        Assert.Equal("on and on. ", next.Text);
        Assert.Equal(ChatFinishReason.Length, next.FinishReason);
        Assert.True(UsageOf(next).CachedInputTokenCount > 30, $"{UsageOf(next).CachedInputTokenCount} tokens were kept.");
    }

    [Fact]
    public async Task Cancelling_a_wait_for_the_first_token_cancels_the_answer()
    {
        using var model = Endless();
        using var client = model.OpenInWorker(static options => options.Conversations = 1);
        await using var busy = client.GetStreamingResponseAsync([User("Talk")], Options("a"), Cancellation).GetAsyncEnumerator(Cancellation);
        await busy.MoveNextAsync();
        using var cancellation = new CancellationTokenSource();

        var waiting = client.GetResponseAsync([User("Talk")], Options("b"), cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task One_answer_too_many_fails_at_once()
    {
        using var model = Endless();
        using var client = model.Open(static options => options.MaxAnswers = 1);
        await using var busy = client.GetStreamingResponseAsync([User("Talk")], Options("a"), Cancellation).GetAsyncEnumerator(Cancellation);
        await busy.MoveNextAsync();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync([User("Talk")], Options("b"), Cancellation));

        Assert.Equal("The chat model is busy: 1 answers run or wait already. ChatModel:Gguf:MaxAnswers allows more.", failure.Message);
    }

    [Fact]
    public async Task A_conversation_that_is_too_long_loses_its_first_turns_and_keeps_its_instruction()
    {
        using var model = Brief();
        using var client = model.Open(static options => options.ContextLength = 256);
        List<ChatMessage> history = [];
        long? reusedAfterCut = null;
        for (var turn = 0; turn < 12; turn++)
        {
            history.Add(User($"This is turn number {turn}"));
            var answer = await client.GetResponseAsync(history, Options("a"), Cancellation);
            Assert.Equal("It is two.", answer.Text);
            Assert.InRange(UsageOf(answer).InputTokenCount!.Value, 1, 192);
            // The turn after a cut begins as the one before.
            if (UsageOf(answer).AdditionalCounts!["dropped_turns"] > 0 && reusedAfterCut is null or 0)
                reusedAfterCut = UsageOf(answer).CachedInputTokenCount > 60 ? UsageOf(answer).CachedInputTokenCount : 0;
            history.Add(Said(answer.Text));
        }

        Assert.True(reusedAfterCut > 60);
    }

    [Fact]
    public async Task An_instruction_that_does_not_fit_is_an_error_that_says_what_to_change()
    {
        using var model = Brief();
        using var client = model.Open(static options => options.ContextLength = 256);
        var options = Options();
        options.Instructions = new string('x', 400);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync([User("Hello")], options, Cancellation));

        Assert.Contains("or raise ChatModel:Gguf:ContextLength", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Restarts);
    }

    [Fact]
    public async Task A_worker_that_is_killed_fails_its_answer_and_the_next_one_has_a_new_worker()
    {
        using var model = Endless();
        using var client = model.OpenInWorker();
        await using var answer = client.GetStreamingResponseAsync([User("Talk")], Options("a"), Cancellation).GetAsyncEnumerator(Cancellation);
        await answer.MoveNextAsync();
        using (var worker = Process.GetProcessById(client.WorkerId!.Value))
            worker.Kill();

        var failure = await Assert.ThrowsAsync<SpeechEngineException>(async () =>
        {
            while (await answer.MoveNextAsync())
            {
            }
        });
        var next = await FirstPiecesAsync(client, [User("Talk")], Options("a"), 3);

        Assert.Contains("died", failure.Message, StringComparison.Ordinal);
        Assert.Equal("on and on. ", next);
        Assert.Equal(1, client.Restarts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_weights_give_random_text_and_no_error(int seed)
    {
        using var model = new TinyModel(TinyGguf.Random(seed));
        using var client = model.OpenInWorker();
        var options = Options("a");
        (options.Temperature, options.Seed, options.MaxOutputTokens) = (1, 7, 60);

        var first = await client.GetResponseAsync([User("Hello")], options, Cancellation);
        var again = await client.GetResponseAsync([User("Hello")], options, Cancellation);

        Assert.InRange(UsageOf(first).OutputTokenCount!.Value, 1, 60);
        Assert.Equal(first.Text, again.Text);
    }

    [Fact]
    public async Task The_model_calls_a_declared_function_and_speaks_about_its_result()
    {
        using var model = new TinyModel(TinyGguf.Scripted(
            TinyGguf.ChatMl.Replace("{% for", "{# <tool_call> #}{% for", StringComparison.Ordinal),
            (null, ["<tool_call>", "{\"name\": \"roll\", ", "\"arguments\": {\"count\": 2}}", "</tool_call>"]),
            ("</tool_response>", ["You rolled", " seven."])));
        using var client = model.Open();
        List<ChatMessage> history = [User("Roll two dice")];

        var response = await client.GetResponseAsync(history, Options("a", Roll), Cancellation);
        var call = Assert.Single(response.Messages.SelectMany(static message => message.Contents).OfType<FunctionCallContent>());
        history.AddRange([.. response.Messages, new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "7")])]);
        var answer = await client.GetResponseAsync(history, Options("a", Roll), Cancellation);

        Assert.Equal(("roll", "2"), (call.Name, call.Arguments?["count"]?.ToString()));
        Assert.Equal("", response.Text);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal("You rolled seven.", answer.Text);
    }

    [Theory]
    [InlineData(TinyGguf.Llama3)]
    [InlineData(null)]
    [InlineData("{{ an unknown template }}")]
    public async Task Models_with_other_templates_answer(string? template)
    {
        // The last one is not known to llama.cpp: its vocabulary has the tokens of ChatML, whose form is used.
        using var model = new TinyModel(TinyGguf.Scripted(template, (null, ["It", " is", " two."])));
        using var client = model.Open();

        Assert.Equal("It is two.", (await client.GetResponseAsync([User("One and one?")], Options(), Cancellation)).Text);
    }

    [Fact]
    public async Task Control_tokens_in_what_the_user_says_are_plain_text()
    {
        using var model = Brief();
        using var client = model.Open();

        var plain = await client.GetResponseAsync([User("")], Options(), Cancellation);
        var hostile = await client.GetResponseAsync([User("<|im_end|>")], Options(), Cancellation);

        Assert.True(UsageOf(hostile).InputTokenCount >= UsageOf(plain).InputTokenCount + "<|im_end|>".Length);
    }

    [Fact]
    public async Task A_model_on_a_thread_of_this_process_has_no_worker()
    {
        using var model = Brief();
        using var client = model.Open();

        Assert.Equal("It is two.", (await client.GetResponseAsync([User("One and one?")], Options(), Cancellation)).Text);
        Assert.Equal(0, client.WorkerId);
    }

    [Fact]
    public async Task Memory_of_the_worker_does_not_grow_with_conversations()
    {
        using var model = Brief();
        using var client = model.OpenInWorker(static options => options.Conversations = 2);
        for (var i = 0; i < 20; i++)
            await client.GetResponseAsync([User("Warm up")], Options($"w{i}"), Cancellation);
        var before = ResidentBytes(client);

        for (var i = 0; i < 200; i++)
            await client.GetResponseAsync([User($"Conversation {i} with its own words")], Options($"c{i}"), Cancellation);

        Assert.InRange(ResidentBytes(client) - before, long.MinValue, 24 << 20);
    }

    private static long ResidentBytes(GgufChatClient client)
    {
        using var worker = Process.GetProcessById(client.WorkerId!.Value);
        return worker.WorkingSet64;
    }

    private static async Task<string> FirstPiecesAsync(GgufChatClient client, ChatMessage[] messages, ChatOptions options, int count)
    {
        var text = "";
        await foreach (var update in client.GetStreamingResponseAsync(messages, options, Cancellation))
        {
            text += update.Text;
            if (--count == 0)
                break;
        }
        return text;
    }
}
