using CsCheck;
using Microsoft.Extensions.AI;

namespace Parley.Assistant.Tests.Rules;

public sealed class RuleBasedChatClientTests
{
    [Theory]
    [InlineData("Tell me a long story")]
    [InlineData("hello")]
    [InlineData("Repeat after me: one  two\nthree four   five")]
    public async Task Streaming_gives_the_same_text_in_pieces_of_a_few_words(string said)
    {
        var whole = await Ask.Text(said);
        var updates = await Stream([Ask.User(said)]);

        Assert.Equal(whole, string.Concat(updates.Select(update => update.Text)));
        Assert.All(updates, update => Assert.True(update.Text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length <= 3));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.Single(updates.Select(update => update.MessageId).Distinct());
    }

    [Fact]
    public async Task Streaming_gives_calls_after_the_text()
    {
        var updates = await Stream(
            [Ask.User("Call the function nothing with {} and call the function ring with {}")], new ChatOptions { Tools = [Ask.Function("ring")] });

        Assert.Equal("No function called nothing is declared, so I did not call it.", string.Concat(updates.Select(update => update.Text)));
        Assert.Equal("ring", Assert.IsType<FunctionCallContent>(Assert.Single(updates[^1].Contents)).Name);
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    [Fact]
    public async Task Streaming_stops_when_cancelled()
    {
        using var source = new CancellationTokenSource();
        var pieces = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Ask.Client().GetStreamingResponseAsync([Ask.User("Tell me a story")], null, source.Token))
            {
                if (++pieces == 2)
                    await source.CancelAsync();
            }
        });

        Assert.Equal(2, pieces);
    }

    [Fact]
    public async Task Only_the_end_of_a_long_conversation_is_read()
    {
        var history = new CountingList(Enumerable.Range(0, 5_000)
            .SelectMany(
                turn => new[] { Ask.User($"turn {turn}"), Ask.Assistant($"answer {turn}") }).Append(Ask.User("What time is it?")).ToList());

        var answer = await Ask.Response(history);

        Assert.Equal("It is 14:05 UTC.", answer.Text);
        Assert.True(history.Reads < 20, $"{history.Reads} messages were read");
    }

    [Fact]
    public async Task Recall_is_limited_and_says_so()
    {
        var history = new CountingList(Enumerable.Range(0, 5_000)
            .SelectMany(turn => new[] { Ask.User($"turn {turn}"), Ask.Assistant($"answer {turn}") }).Append(Ask.User("What did I say first?")).ToList());

        var answer = await Ask.Response(history);

        Assert.StartsWith("The earliest thing I remember you saying is: turn 49", answer.Text, StringComparison.Ordinal);
        Assert.True(history.Reads < 600, $"{history.Reads} messages were read");
    }

    [Fact]
    public async Task Messages_may_be_any_sequence()
    {
        static IEnumerable<ChatMessage> Lazily()
        {
            yield return Ask.User("count to 3");
        }

        Assert.Equal("1, 2, 3.", (await Ask.Response(Lazily())).Text);
    }

    [Fact]
    public void Metadata_names_the_model()
    {
        using var client = Ask.Client();

        Assert.Equal(RuleBasedChatClient.ModelName, client.GetService<ChatClientMetadata>()?.DefaultModelId);
        Assert.Same(client, client.GetService<RuleBasedChatClient>());
    }

    private static async Task<List<ChatResponseUpdate>> Stream(IEnumerable<ChatMessage> messages, ChatOptions? options = null) =>
        await Ask.Client().GetStreamingResponseAsync(messages, options, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

    private sealed class CountingList(List<ChatMessage> messages) : IReadOnlyList<ChatMessage>
    {
        public int Reads { get; private set; }

        public int Count => messages.Count;

        public ChatMessage this[int index]
        {
            get
            {
                Reads++;
                return messages[index];
            }
        }

        public IEnumerator<ChatMessage> GetEnumerator() => throw new InvalidOperationException("The whole history was enumerated.");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
