using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Parley.Cascade.Agents.Tests;

/// <summary>The chat model below an agent: records what it is asked, and answers by a script.</summary>
internal sealed class ScriptedModel(params Func<AIContent[]>[] answers) : IChatClient
{
    private int _next;

    /// <summary>The conversation of each request, as "role: text".</summary>
    public List<string[]> Requests { get; } = [];

    public List<ChatOptions?> Options { get; } = [];

    /// <summary>Waits for it before the last piece of each answer.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Requests.Add([.. messages.SelectMany(static message => message.Contents.Select(content => $"{message.Role}: {Describe(content)}"))]);
        Options.Add(options);
        var contents = answers[Math.Min(_next++, answers.Length - 1)]();
        foreach (var content in contents)
        {
            if (Gate is { } gate && content == contents[^1])
                await gate.Task.WaitAsync(cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]) { MessageId = $"m{_next}" };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static string Describe(AIContent content) => content switch
    {
        TextContent text => text.Text,
        FunctionCallContent call => $"call {call.CallId} {call.Name}",
        FunctionResultContent result => $"result {result.CallId} {result.Result}",
        _ => content.GetType().Name,
    };
}
