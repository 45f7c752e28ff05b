using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Assistant.Tests;

/// <summary>Asks the built-in assistant, at 14:05 on Sunday, 22 November 2026.</summary>
internal static class Ask
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 14, 5, 9, TimeSpan.Zero);

    public static RuleBasedChatClient Client() => new(new FakeTimeProvider(Now));

    public static ChatMessage User(string text) => new(ChatRole.User, text);

    public static ChatMessage Assistant(string text) => new(ChatRole.Assistant, text);

    public static ChatMessage Called(string id, string name) => new(ChatRole.Assistant, [new FunctionCallContent(id, name)]);

    public static ChatMessage Result(string id, object? result) => new(ChatRole.Tool, [new FunctionResultContent(id, result)]);

    public static ChatMessage ResultJson(string id, string json) => Result(id, JsonDocument.Parse(json).RootElement);

    public static AIFunctionDeclaration Function(string name, string properties = "{}", params string[] required) =>
        AIFunctionFactory.CreateDeclaration(
            name, null, JsonDocument.Parse(
                $$"""{"type":"object","properties":{{properties}},"required":{{JsonSerializer.Serialize(required)}}}""").RootElement);

    public static async Task<string> Text(string said, string? instruction = null) =>
        (await Response([User(said)], new ChatOptions { Instructions = instruction })).Text;

    public static async Task<string> Text(params ChatMessage[] messages) => (await Response(messages)).Text;

    public static Task<ChatResponse> Response(IEnumerable<ChatMessage> messages, ChatOptions? options = null) =>
        Client().GetResponseAsync(messages, options, TestContext.Current.CancellationToken);

    /// <summary>Calls as "name {json}" or the text when nothing was called.</summary>
    public static async Task<string> Outcome(IEnumerable<ChatMessage> messages, params AITool[] tools)
    {
        var response = await Response(messages, new ChatOptions { Tools = tools });
        var calls = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()
            .Select(call => $"{call.Name} {JsonSerializer.Serialize(call.Arguments)}");
        return string.Join(" | ", response.Text.Length > 0 ? calls.Append(response.Text) : calls);
    }

    public static Task<string> Outcome(string said, params AITool[] tools) => Outcome([User(said)], tools);
}
