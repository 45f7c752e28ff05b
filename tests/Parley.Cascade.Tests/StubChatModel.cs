using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Parley.Cascade.Tests;

/// <summary>A chat model whose answers are given by the test.</summary>
internal sealed class StubChatModel(
    Func<IReadOnlyList<ChatMessage>, ChatOptions?, CancellationToken, IAsyncEnumerable<AIContent>> answer) : IChatClient
{
    internal List<IReadOnlyList<ChatMessage>> Asked { get; } = [];

    internal static StubChatModel Saying(params string[] deltas) =>
        new((_, _, _) => Stream(deltas.Select(delta => (AIContent)new TextContent(delta))));

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var list = messages.ToList();
        lock (Asked)
            Asked.Add(list);
        await foreach (var content in answer(list, options, cancellationToken).WithCancellation(cancellationToken))
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A live session streams.");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    internal static async IAsyncEnumerable<AIContent> Stream(IEnumerable<AIContent> contents)
    {
        await Task.CompletedTask;
        foreach (var content in contents)
            yield return content;
    }
}
